"""Registers (sổ): what stands in each for a year or a term, printed, and begun from an old one."""
