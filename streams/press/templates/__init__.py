"""The pages of the three papers, as `string.Template`."""
