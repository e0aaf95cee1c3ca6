"""What connector authors get: the contract as a test suite, pictures to test with, connectors that break it."""

import pytest

pytest.register_assert_rewrite("samepic.testkit.contract", "samepic.testkit.census_contract")
