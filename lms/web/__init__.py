"""Flask glue and the look: who may open what, transactions, forms, templates, downloads, errors and headers."""
