"""What the tests of the package and of the template share."""

import pytest

from tests.architecture.built import Built, build_here


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build_here(tmp_path_factory.mktemp("package"))
