"""Validates FILE against SCHEMA as junit or sarif; exit code 1 if it is not valid, 4 if it cannot tell."""

import json
import sys

kind, schema, file = sys.argv[1:]
try:
    if kind == "junit":
        from lxml import etree

        validator = etree.XMLSchema(etree.parse(schema))
        valid = validator.validate(etree.parse(file))
        errors = [str(error) for error in validator.error_log]
    else:
        import jsonschema

        with open(schema) as text, open(file) as document:
            validator = jsonschema.validators.validator_for(loaded := json.load(text))(loaded)
            errors = [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(json.load(document))]
        valid = not errors
except ImportError as error:
    print(error)
    sys.exit(4)
print("\n".join(errors[:20]))
sys.exit(0 if valid else 1)
