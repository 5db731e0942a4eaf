import { faultSyntax, faultTable } from '../simulator/faults.ts'
import type { Command } from './arguments.ts'

const everywhere = `  --config FILE   a YAML file with several environments (or BC_CONFIG_FILE)
  --help, -h      this
  --version, -v   the version
`

/** What `--help` prints. */
export function helpText(command: Command): string {
  return `${texts[command]}\n${everywhere}${command === 'simulate' ? faultsText() : ''}`
}

function faultsText(): string {
  const width = Math.max(...faultTable.map(({ name }) => name.length))
  const lines = faultTable.map(({ name, does }) => `  ${name.padEnd(width)}  ${does}\n`)
  return `\nFaults are written ${faultSyntax}\n\n${lines.join('')}`
}

const texts: Record<Command, string> = {
  run: `bc-sidecar: holds the client certificate, the credentials and the token for Banking Circle's API, so that
apps beside it call http://localhost:8080 with neither.

usage: bc-sidecar [command] [options]

  run        serve until SIGTERM or SIGINT (the default)
  check      test configuration, files, certificate, network, token and one call; say what is wrong and what helps
  health     ask a running sidecar whether it is ready: exit 0, or 1 and the reason
  simulate   run a bank to develop against
  demo       a simulated bank and the sidecar together, with nothing to configure

Settings are environment variables, for one environment, or a file, for several:
  BC_ENVIRONMENT=sandbox BC_USERNAME_FILE=… BC_PASSWORD_FILE=… BC_CERTIFICATE_FILE=… bc-sidecar

Exit status: 0 fine, 1 failed, 2 bad usage, settings or configuration file.
`,
  check: `usage: bc-sidecar check [--offline] [--json]

Tests configuration, files, certificate, name resolution, TCP, TLS, token and one harmless API call, a line each,
with the likely cause and cure of what fails. Spends one token request.

  --offline       stop before the network
  --json          print it as JSON
`,
  health: `usage: bc-sidecar health [--wait SECONDS]

Asks the admin listener of a running sidecar: exit 0 when it is ready, else 1 and the reason.

  --wait SECONDS  wait for it that long
`,
  simulate: `usage: bc-sidecar simulate --dir DIR [options]

A bank to develop against: mutual TLS, tokens, throttle, accounts, payments. Writes ca.pem, client.pfx,
client-legacy.pfx, client.pem, client-key.pem, passphrase, username and password to DIR before it listens.

  --dir DIR                           where the credentials go; made if missing
  --listen HOST:PORT                  the API (127.0.0.1:9443)
  --authorization-listen HOST:PORT    the authorization endpoint (127.0.0.1:9444)
  --token-ttl SECONDS                 how long tokens live (300)
  --throttle N                        token requests per IP address and minute (20)
  --allow-remote                      listen on other addresses than loopback
  --hostname NAME                     another name for the server certificate; may be repeated
  --faults LIST                       misbehave, to rehearse it: see below
`,
  demo: `usage: bc-sidecar demo

A simulated bank and the sidecar together, with nothing to configure; prints three calls to try.
BC_LISTEN, BC_ADMIN_LISTEN, BC_LOG_LEVEL and BC_LOG_FORMAT are respected.
`,
}
