import fc from 'fast-check'

// That a case is found is enough: nobody reads it.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true })
