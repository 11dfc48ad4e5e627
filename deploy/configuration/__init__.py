"""The table of all settings, made from the settings' classes: `docs/configuration.md` and `.env.example`."""
