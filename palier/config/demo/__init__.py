"""The demonstration: invented landlords on real communes, written as ERP files, loaded as theirs would be."""


def sign_ins() -> list[str]:
    """The sign-ins of the demonstration that is in this database, as lines to print."""
    from palier.config.demo.install import sign_in_lines

    return sign_in_lines()
