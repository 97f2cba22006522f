"""DER as it stands: structures, names, instants, certificates. Knows no trust and no verdict."""
