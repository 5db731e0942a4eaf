import { optional, required } from './field.ts'
import { path, secretText } from './plain-kinds.ts'

export const credentialFields = {
  username: optional(secretText, {
    variable: 'BC_USERNAME',
    description: "The bank's machine-to-machine user",
  }),
  usernameFile: optional(path, {
    variable: 'BC_USERNAME_FILE',
    description: 'File with the user name; preferred, re-read when it changes',
  }),
  password: optional(secretText, { variable: 'BC_PASSWORD', description: "That user's password" }),
  passwordFile: optional(path, {
    variable: 'BC_PASSWORD_FILE',
    description: 'File with the password; preferred, re-read when it changes',
  }),
  certificateFile: required(path, {
    variable: 'BC_CERTIFICATE_FILE',
    description: 'Client certificate: .pfx/.p12, or PEM; the format is found by content',
  }),
  certificateKeyFile: optional(path, {
    variable: 'BC_CERTIFICATE_KEY_FILE',
    description: 'PEM key, when it is not in the certificate file',
  }),
  certificatePassphrase: optional(secretText, {
    variable: 'BC_CERTIFICATE_PASSPHRASE',
    description: 'Passphrase of the PFX file or the encrypted PEM key',
  }),
  certificatePassphraseFile: optional(path, {
    variable: 'BC_CERTIFICATE_PASSPHRASE_FILE',
    description: 'File with the passphrase; preferred, re-read when it changes',
  }),
  caFile: optional(path, {
    variable: 'BC_CA_FILE',
    defaultText: "Node.js's bundled roots and NODE_EXTRA_CA_CERTS",
    description: "PEM roots to trust instead, for the bank's server certificate",
  }),
}
