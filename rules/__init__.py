"""From a course's YAML files to checked, frozen values."""
