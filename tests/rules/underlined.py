"""What an editor with our schemas would underline, for tests."""

from typing import Any

from jsonschema import Draft202012Validator

from bot.engine.feature import Registry
from bot.features import FEATURES
from rules.json_schema import schemas_of
from rules.nodes import plain
from rules.reader import read
from rules.vocabulary import Vocabulary
from tests.rules.vocabulary import VOCABULARY

PRODUCT = Registry(FEATURES).vocabulary()


def validators(vocabulary: Vocabulary) -> dict[str, Draft202012Validator]:
    return {f"{name}.yaml": Draft202012Validator(schema) for name, schema in schemas_of(vocabulary).items()}


REAL, SMALL = validators(PRODUCT), validators(VOCABULARY)


def value(text: str | bytes) -> Any:
    return plain(read(text).root)


def complaints(validator: Draft202012Validator, document: Any) -> list[str]:
    return [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(document)]
