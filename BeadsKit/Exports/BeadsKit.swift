// `import BeadsKit` gives a user every room.
@_exported public import BeadsBuiltins
@_exported public import BeadsFormats
@_exported public import BeadsFormulas
@_exported public import BeadsModel
@_exported public import BeadsStore
@_exported public import BeadsSystem
@_exported public import BeadsWork
