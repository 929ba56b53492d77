# conan create <clone>/cmake/packaging/conan
import os
import re

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load

ROOT = os.path.join("..", "..", "..")
# Of each component: the package that it needs, and what of it is linked.
COMPONENTS = {
    "eigen": ("eigen/3.4.0", "eigen::eigen"),
    "io": ("nlohmann_json/3.11.3", "nlohmann_json::nlohmann_json"),
    "mpi": ("openmpi/[>=4.0.5 <5]", "openmpi::openmpi"),
}


class Hifloat(ConanFile):
    name = "hifloat"
    description = "HiFloat8 numbers and delayed tensor scaling, header-only"
    license = "Apache-2.0"
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {f"with_{name}": [True, False] for name in COMPONENTS}
    default_options = {f"with_{name}": False for name in COMPONENTS}
    no_copy_source = True

    def set_version(self):
        config = load(self, os.path.join(self.recipe_folder, ROOT, "include", "hifloat", "config.hpp"))
        parts = (re.search(rf"HIFLOAT_VERSION_{part} (\d+)", config) for part in ("MAJOR", "MINOR", "PATCH"))
        self.version = ".".join(part.group(1) for part in parts)

    def export_sources(self):
        root = os.path.join(self.recipe_folder, ROOT)
        for pattern in ("CMakeLists.txt", "LICENSE", "include/*", "cmake/*"):
            copy(self, pattern, root, self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def _components(self):
        return {name: needs for name, needs in COMPONENTS.items() if self.options.get_safe(f"with_{name}")}

    def requirements(self):
        for package, _ in self._components().values():
            self.requires(package)

    def generate(self):
        toolchain = CMakeToolchain(self)
        for part in ("TESTS", "BENCHMARKS", "EXAMPLES"):
            toolchain.cache_variables[f"HIFLOAT_BUILD_{part}"] = False
        toolchain.generate()

    def package(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_id(self):
        self.info.clear()

    def package_info(self):
        self.cpp_info.set_property("cmake_target_name", "hifloat::all")  # else it is hifloat::hifloat, with all needs
        self._component("hifloat", [])
        for name, (_, linked) in self._components().items():
            self._component(name, ["hifloat", linked])

    def _component(self, name, requires):
        component = self.cpp_info.components[name]
        component.bindirs = []
        component.libdirs = []
        component.requires = requires
        component.set_property("cmake_target_name", f"hifloat::{name}")
