/**
 * What `npm run security:mutations` breaks: for each promise of docs/security.md, a change of the code after which its
 * test must fail. A promise is written as on that page, with the titles above it.
 */

/**
 * @typedef {object} Mutation
 * @property {string} what it does, as a verb and an object
 * @property {string} file
 * @property {string} find this text, which the file has exactly once
 * @property {string} replace
 * @property {string} test the file of the tests
 * @property {readonly string[]} promises whose tests must fail
 */

const tests = {
  admissions: 'src/server/agent/admissions.security.test.ts',
  agent: 'src/main/hosts/agent/host.security.test.ts',
  approvals: 'src/core/requests/approvals.security.test.ts',
  atRest: 'src/core/keys/at-rest.security.test.ts',
  brokered: 'src/core/requests/brokered.security.test.ts',
  broker: 'src/cli/run/broker/broker.security.test.ts',
  browser: 'src/main/hosts/browser/host.security.test.ts',
  contracts: 'test/security/contracts.security.test.ts',
  connection: 'src/main/hosts/desktop/connection.security.test.ts',
  credentials: 'src/core/connections/stored-credentials.security.test.ts',
  dumps: 'src/cli/core-dumps.security.test.ts',
  flips: 'src/core/storage/flips.security.test.ts',
  hostilePage: 'e2e/journeys/hostile-page.security.spec.ts',
  leaks: 'src/cli/leaks.security.test.ts',
  links: 'src/main/hosts/desktop/external-links.security.test.ts',
  lock: 'e2e/journeys/lock.security.spec.ts',
  login: 'src/core/providers/hashicorp-vault/login.security.test.ts',
  lockdown: 'src/main/hosts/desktop/lockdown.security.test.ts',
  mcp: 'src/cli/mcp/process.security.test.ts',
  nodeVault: 'src/core/providers/hashicorp-vault/node-vault-traps.security.test.ts',
  pin: 'src/core/keys/pin.security.test.ts',
  replaceKey: 'src/core/keys/replace-key.security.test.ts',
  requests: 'src/core/requests/requests.security.test.ts',
  secret: 'src/core/secrets/secret.security.test.ts',
  serveFuzz: 'src/main/hosts/serve/fuzz.security.test.ts',
  serve: 'src/main/hosts/serve/host.security.test.ts',
  unsaved: 'src/core/environments/unsaved-edits.security.test.ts',
  sweep: 'e2e/journeys/sweep.security.spec.ts',
  swept: 'src/core/swept-providers.security.test.ts',
  synced: 'src/core/synced-values.security.test.ts',
};

/** @type {readonly Mutation[]} */
export const mutations = [
  // Values in memory, and what is printed.
  {
    what: 'show the value of a Secret in JSON',
    file: 'src/core/secrets/secret.ts',
    find: `  toJSON(): string {
    return MASK;`,
    replace: `  toJSON(): string {
    return this.#value;`,
    test: tests.secret,
    promises: ['gives its value to reveal() and to nothing else'],
  },
  {
    what: 'show the value of a Secret to inspect',
    file: 'src/core/secrets/secret.ts',
    find: `  [inspect.custom](): string {
    return MASK;`,
    replace: `  [inspect.custom](): string {
    return this.#value;`,
    test: tests.secret,
    promises: ['gives its value to reveal() and to nothing else'],
  },
  {
    what: 'repeat the value of an unknown option in the complaint',
    file: 'src/cli/failure.ts',
    find: `    .replace(/(unknown option '--[^'=]*)=[\\s\\S]*'/, "$1'")`,
    replace: '',
    test: tests.leaks,
    promises: ['keeps values and credentials out of messages, JSON, the log and the files with …'],
  },
  {
    what: 'log the values that are saved',
    file: 'src/core/environments/environment-editing.ts',
    find: `      await references.assertEnds(row, held.document, document);`,
    replace: `      await references.assertEnds(row, held.document, document);
      this.parts.activity.record({
        workspaceId: row.workspaceId,
        action: 'saved',
        detail: [...('entries' in document ? document.entries.values() : [])]
          .map(({ value }) => value.reveal())
          .join(),
      });`,
    test: tests.synced,
    promises: ['after every call there is, no value of … is on this computer but in memory'],
  },

  // At rest.
  {
    what: 'store a value without encryption',
    file: 'src/core/keys/envelope.ts',
    find: `  const ciphertext = Buffer.concat([
    typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext),
    cipher.final(),
  ]);`,
    replace: `  const ciphertext = Buffer.from(plaintext);
  cipher.final();`,
    test: tests.atRest,
    promises: [
      'security: at rest › no credential, value, passphrase or key is in the data directory after …',
    ],
  },
  {
    what: 'leave sealed values on the disk when a session begins',
    file: 'src/core/keys/sealed-store.ts',
    find: `            if (done) this.table.removeAll();
            else this.#inMemory.clear();`,
    replace: `            if (!done) this.#inMemory.clear();`,
    test: tests.atRest,
    promises: [
      'security: at rest › not even sealed after …',
      'security: at rest › what was sealed before is overwritten at once, not only forgotten',
    ],
  },
  {
    what: 'remove stored credentials without a word',
    file: 'src/core/keys/sealed-store.ts',
    find: `    keys.foundSealed(isRemoved);`,
    replace: '',
    test: tests.atRest,
    promises: [
      'security: at rest › no credential goes without a word if somebody changes how the key is kept',
    ],
  },
  {
    what: 'leave what was deleted in the file of the database',
    file: 'src/core/storage/open.ts',
    find: `      PRAGMA secure_delete = ON;`,
    replace: `      PRAGMA secure_delete = OFF;`,
    test: tests.atRest,
    promises: [
      'security: at rest › what was sealed before is overwritten at once, not only forgotten',
    ],
  },
  {
    what: 'search files for secrets only as they are',
    file: 'test/support/files-holding.ts',
    find: `  const all = Object.values(forms).flatMap((write) => write(bytes));`,
    replace: `  const all = [bytes];`,
    test: tests.atRest,
    promises: [
      'security: at rest › the search finds what is there in …',
      'security: at rest › the search finds what is within longer …',
    ],
  },
  {
    what: 'skip the checksums of rows',
    file: 'src/core/storage/checked-rows.ts',
    find: `      if (!(row instanceof ArrayBuffer)) return false;`,
    replace: `      if (row !== undefined) return true;
      if (!(row instanceof ArrayBuffer)) return false;`,
    test: tests.flips,
    promises: ['no flipped bit changes anything without a word, with a backup: …'],
  },

  // Where a credential may go.
  {
    what: 'skip the binding of a credential to its address',
    file: 'src/shared/providers/destination.ts',
    find: `  JSON.stringify(boundValues(descriptor, values));`,
    replace: `  JSON.stringify(descriptor === undefined ? boundValues(descriptor, values) : {});`,
    test: tests.credentials,
    promises: [
      'a stored token › is not sent to another address by Test Connection',
      'a stored token › is not saved for another address',
      'a stored token › is not sent to an address that was changed in the database',
      'a stored token › is not sent with … in the settings',
    ],
  },
  {
    what: 'bind a credential to the address as it was typed',
    file: 'src/shared/providers/destination.ts',
    find: `      .filter((field) => field.bindsCredentials === true && isFieldShown(field, values))`,
    replace: `      .filter((field) => isFieldShown(field, values))`,
    test: tests.credentials,
    promises: ['a stored token › is still sent when other settings change'],
  },
  {
    what: 'keep the old address beside a credential that is replaced',
    file: 'src/core/storage/credentials.ts',
    find: `       ON CONFLICT DO UPDATE SET destination = excluded.destination, sealed = excluded.sealed`,
    replace: `       ON CONFLICT DO UPDATE SET sealed = excluded.sealed`,
    test: tests.credentials,
    promises: [
      'a stored token › is sent again when the old address is back, and entered again for the new one',
    ],
  },
  {
    what: 'let node-vault read the environment',
    file: 'src/core/providers/hashicorp-vault/node-vault.ts',
    find: `    return Object.assign(vault, { token: '', namespace: '', pathPrefix: '' });`,
    replace: `    return vault;`,
    test: tests.nodeVault,
    promises: [
      'the environment of the process › decides about no address, token, namespace or prefix',
    ],
  },
  {
    what: 'let node-vault print',
    file: 'src/core/providers/hashicorp-vault/node-vault.ts',
    find: `      debug: () => undefined,`,
    replace: '',
    test: tests.nodeVault,
    promises: ['prints nothing, even if node-vault is set to print'],
  },
  {
    what: 'send paths without encoding',
    file: 'src/core/providers/hashicorp-vault/paths.ts',
    find: `    return encodeURIComponent(segment);`,
    replace: `    return segment;`,
    test: tests.nodeVault,
    promises: ['paths › names the secret … as it is'],
  },
  {
    what: 'take an error about sys/health for a success, as node-vault does',
    file: 'src/core/providers/hashicorp-vault/answer.ts',
    find: `    return this.status === 200 || this.status === 204;`,
    replace: `    return this.status === 200 || this.details.path?.includes('sys/health') === true;`,
    test: tests.nodeVault,
    promises: ['paths › takes no error for a success because of "sys/health" in the path'],
  },
  {
    what: 'show the words of Vault in an error',
    file: 'src/core/providers/hashicorp-vault/errors.ts',
    find: `  const { code, field, ...texts } = { ...meaningOf(answer), ...instead };`,
    replace: `  const { code, field, ...texts } = {
    ...meaningOf(answer),
    message: answer.complaints.join(),
    ...instead,
  };`,
    test: tests.nodeVault,
    promises: ['errors › say nothing in the words of the server'],
  },
  {
    what: 'quote the answer of Vault in an error',
    file: 'src/core/providers/hashicorp-vault/answer.ts',
    find: `    return new AppError('UNEXPECTED_ANSWER', { message, details: this.details });`,
    replace: `    return new AppError('UNEXPECTED_ANSWER', { message: message ?? this.#text, details: this.details });`,
    test: tests.nodeVault,
    promises: ['errors › hold neither token nor values'],
  },

  // Requests with a grant.
  {
    what: 'skip redaction',
    file: 'src/core/requests/outgoing.ts',
    find: `  const patterns = new Patterns([...hiddenOf(values), ...encoded]);`,
    replace: `  const patterns = new Patterns([]);`,
    test: tests.requests,
    promises: [
      'a service that shows what it got › gives nothing away: …',
      'a service that shows what it got › gives nothing away when it calls its answer …',
      'a service that shows what it got › gives nothing away in …',
      'a service that shows what it got › gives nothing away byte by byte, and over slow chunks',
      'a service that shows what it got › gives nothing away of Basic, of two secrets, of a parameter and of a signature',
      'a service that shows what it got › gives nothing away in the address that it redirects to, or in names of headers',
    ],
  },
  {
    what: 'pass an answer on in an encoding that is not known',
    file: 'src/core/requests/answer.ts',
    find: `  if (names.length > MOST_ENCODINGS || made.includes(undefined)) {`,
    replace: `  if (names.length > MOST_ENCODINGS) {`,
    test: tests.requests,
    promises: [
      'a service that shows what it got › gives nothing away in an encoding that nobody here knows, or that is a lie',
    ],
  },
  {
    what: 'take answers of any length',
    file: 'src/core/requests/answer.ts',
    find: `      if (size > most) throw tooLarge(answer, most);`,
    replace: '',
    test: tests.requests,
    promises: ['a service that shows what it got › cannot answer without an end, or with a bomb'],
  },
  {
    what: 'skip the check of hosts',
    file: 'src/core/requests/target.ts',
    find: `    if (found.rule === undefined) throw notGranted(found.mismatch, grant, url);`,
    replace: '',
    test: tests.requests,
    promises: ['a host that the grant does not name › gets nothing: …'],
  },
  {
    what: 'skip the check of hosts at a redirect',
    file: 'src/core/requests/request-service.ts',
    find: `      assertGranted(settingsOf(chain), next);
      return next;`,
    replace: `      return next;`,
    test: tests.requests,
    promises: [
      'a host that the grant does not name › gets nothing by a redirect, whatever its status',
    ],
  },
  {
    what: 'follow a redirect from https to http',
    file: 'src/core/requests/request-service.ts',
    find: `      if (url.protocol === 'https:' && next.protocol !== 'https:') throw refuse(next.origin);`,
    replace: '',
    test: tests.requests,
    promises: [
      'a host that the grant does not name › gets nothing by a redirect from https to http, of the same name',
    ],
  },
  {
    what: 'take any certificate',
    file: 'src/core/network/network.ts',
    find: `    const verified = { rejectUnauthorized: this.verifySsl };`,
    replace: `    const verified = { rejectUnauthorized: false };`,
    test: tests.requests,
    promises: [
      'a host that the grant does not name › gets nothing if its certificate is of an unknown authority or of another name',
    ],
  },
  {
    what: 'skip the check of addresses',
    file: 'src/core/requests/target.ts',
    find: `      if (!mayReach(grant, host, address)) throw refusedAddress(url, address);`,
    replace: '',
    test: tests.requests,
    promises: [
      'an address that a name leads to › is refused: …',
      'an address that a name leads to › is refused if one among several is',
      'an address that a name leads to › that one grant may reach is not reached by another over a kept connection',
    ],
  },
  {
    what: 'let a grant name a metadata service',
    file: 'src/core/requests/target.ts',
    find: `    case 'metadata':
    case 'never':
      return false;`,
    replace: `    case 'metadata':
      return isNamed();
    case 'never':
      return false;`,
    test: tests.requests,
    promises: [
      'an address that a name leads to › of a metadata service is refused even if the grant names it',
    ],
  },
  {
    what: 'dial the name instead of the checked address',
    file: 'src/core/requests/request-service.ts',
    find: `        addresses,
        signal,
      });`,
    replace: `        signal,
      });`,
    test: tests.requests,
    promises: [
      'an address that a name leads to › is the one that is dialled: a name that changes between check and dial leads nowhere else',
      'a proxy on the way › gets the checked address, and looks up no name',
    ],
  },
  {
    what: 'let the caller set headers of the connection',
    file: 'src/core/requests/outgoing.ts',
    find: `    if (RESERVED.has(known)) {`,
    replace: `    if (known === '') {`,
    test: tests.requests,
    promises: ['a header of the caller › is refused, and nothing is sent: …'],
  },
  {
    what: 'let the caller set the header of the credential',
    file: 'src/core/requests/outgoing.ts',
    find: `    if (own.has(known) || isSigned) {`,
    replace: `    if (isSigned) {`,
    test: tests.requests,
    promises: [
      'a header of the caller › cannot take the place of a header or parameter that the grant adds',
    ],
  },
  {
    what: 'send every method',
    file: 'src/core/requests/request-service.ts',
    find: `    if (!/^[A-Z][A-Z-]{0,31}$/.test(method) || NEVER_SENT.has(method)) {`,
    replace: `    if (!/^[A-Z][A-Z-]{0,31}$/.test(method)) {`,
    test: tests.requests,
    promises: ['a method › is refused, and nothing is sent: …'],
  },
  {
    what: 'quote a refused secret in the error',
    file: 'src/core/requests/secret-values.ts',
    find: 'The secret ${name} has a line break',
    replace: 'The secret ${value} has a line break',
    test: tests.requests,
    promises: ['a program › gets a secret by no call of either contract, and none by an error'],
  },
  {
    what: 'read the secret before the policy decides',
    file: 'src/core/requests/request-service.ts',
    find: `      const { url, question } = isUse`,
    replace: `      await this.#values(attempt.chain, ended.signal);
      const { url, question } = isUse`,
    test: tests.requests,
    promises: [
      'a program › learns from the time of a refusal only which rule refused: nothing is read or sent before',
    ],
  },
  {
    what: 'keep the query in the audit',
    file: 'src/core/requests/request-service.ts',
    find: `    entry.path = url.pathname;`,
    replace: `    entry.path = url.pathname + url.search;`,
    test: tests.requests,
    promises: ['a program › leaves no header, query or body in the audit and in the activity'],
  },
  {
    what: 'send a body of any size',
    file: 'src/core/requests/request-service.ts',
    find: `  if (body !== undefined && body.byteLength > most) throw bodyTooLarge(most);`,
    replace: '',
    test: tests.requests,
    promises: ['a program › cannot send a body over the limit'],
  },
  {
    what: 'skip the seal of a grant, and do not seal its secret for its hosts',
    file: 'src/core/keys/grant-seals.ts',
    find: `    if (this.keys.isSession()) return;
    const genuine`,
    replace: `    if (this.keys.isSession() || row.id !== '') return;
    const genuine`,
    test: tests.requests,
    promises: [
      'somebody with the database › does not get the secret to another host by changing the hosts of a grant',
      'somebody with the database › cannot change … of a grant, nor have the change saved',
      'somebody with the database › cannot remove the seal of a grant',
    ],
  },

  // Programs with placeholders.
  {
    what: 'replace placeholders for every caller',
    file: 'src/core/requests/request-service.ts',
    find: `      if (brokered !== undefined) assertCommand();`,
    replace: '',
    test: tests.brokered,
    promises: ['placeholders › are replaced for the command line, and not for …'],
  },
  {
    what: 'replace a placeholder by a stored secret',
    file: 'src/core/requests/request-service.ts',
    find: `      assertBrokerable(own, brokered);`,
    replace: '',
    test: tests.brokered,
    promises: [
      'placeholders › are not replaced by a secret that is stored, which nobody can read in another way',
    ],
  },
  {
    what: 'skip the check of hosts for a request without a placeholder',
    file: 'src/core/requests/request-service.ts',
    find: `  assertOnHosts(settingsOf(chain), url);`,
    replace: '',
    test: tests.brokered,
    promises: [
      'placeholders › are all that a request without a permission has, on any path of the hosts and nowhere else',
    ],
  },
  {
    what: 'skip the seal of a grant that a program uses',
    file: 'src/core/requests/request-service.ts',
    find: `      await this.parts.grants.assertGenuine(attempt.chain);`,
    replace: '',
    test: tests.brokered,
    promises: [
      'placeholders › are not replaced, nor is anything sent, with a grant that somebody else has written',
    ],
  },
  {
    what: 'hold back no beginning of a placeholder',
    file: 'src/core/requests/placeholders.ts',
    find: `    const kept = this.#beginning(bytes.subarray(done));`,
    replace: `    const kept = 0 * this.#beginning(bytes.subarray(done));`,
    test: tests.brokered,
    promises: ['placeholders › are replaced in a body whatever the borders of its chunks'],
  },
  {
    what: 'sign for another access key',
    file: 'src/core/requests/placeholders.ts',
    find: `  if (!isOurs) {`,
    replace: `  if (!isOurs && id === '') {`,
    test: tests.brokered,
    promises: [
      'placeholders › are signed with the key, if a program has signed with its placeholder',
    ],
  },
  {
    what: 'give the program the value as well',
    file: 'src/cli/run/broker/broker.ts',
    find: `      ...this.#variables.map(({ key, placeholder }) => [key, placeholder] as const),`,
    replace: `      ...this.#variables.map(({ key }) => [key, 'sk-live-4242/42+42~x'] as const),`,
    test: tests.broker,
    promises: [
      'a program that has placeholders › finds no value in its environment, in processes and in files',
    ],
  },
  {
    what: 'skip redaction for programs with placeholders',
    file: 'src/core/requests/placeholders.ts',
    find: `    patterns: patternsOf(values, [...encoded, ...others]),`,
    replace: `    patterns: patternsOf(new Map(), []),`,
    test: tests.broker,
    promises: [
      'a program that has placeholders › gets no value from a service that shows what it got',
    ],
  },
  {
    what: 'hide only the secret of the grant that is used',
    file: 'src/core/requests/request-service.ts',
    find: `              others: await this.#hiddenOf(brokered.others, signal),`,
    replace: `              others: [],`,
    test: tests.broker,
    promises: [
      'a program that has placeholders › gets no value by storing it at a service and reading it later, with another grant or none',
    ],
  },
  {
    what: 'choose the grant by the server instead of the placeholder',
    file: 'src/cli/run/broker/plan.ts',
    find: `  const used = strange ?? shown[0] ?? (isOpen ? covering[0] : undefined);`,
    replace: `  const used = covering[0] ?? strange ?? (isOpen ? shown[0] : undefined);`,
    test: tests.broker,
    promises: [
      'a program that has placeholders › cannot send a value to the host of another grant, and the audit says so',
    ],
  },
  {
    what: 'let a request use two grants',
    file: 'src/core/requests/request-service.ts',
    find: `      assertNotMixed(row, brokered.mixedWith);`,
    replace: '',
    test: tests.broker,
    promises: ['a program that has placeholders › cannot use two grants in one request'],
  },
  {
    what: 'keep the query in the audit, for programs',
    file: 'src/core/requests/request-service.ts',
    find: `    entry.host = url.host;`,
    replace: `    entry.host = url.host + url.search;`,
    test: tests.broker,
    promises: [
      'a program that has placeholders › leaves no value, no placeholder and no query in the audit',
    ],
  },
  {
    what: 'skip the check of addresses, for programs',
    file: 'src/core/requests/target.ts',
    find: `  if (found.length === 0) throw refusal('NAME_NOT_FOUND', 'address');
  for (const grant of grants) {`,
    replace: `  for (const grant of grants.slice(0, 0)) {`,
    test: tests.broker,
    promises: [
      'a program that has placeholders › cannot reach a metadata service or another address by a name that changes',
    ],
  },
  {
    what: 'take a request whose header Host names another server',
    file: 'src/cli/run/broker/exchange.ts',
    find: `  if (hosts.length !== 1 || !URL.canParse(named) || new URL(named).host !== wanted) {`,
    replace: `  if (hosts.length > 5) {`,
    test: tests.broker,
    promises: [
      'a program that speaks HTTP in its own way › gets no request through that a server could read in another way, or at another server',
    ],
  },
  {
    what: 'answer a program that asks for another name in TLS',
    file: 'src/cli/run/broker/proxy.ts',
    find: `        if (name.toLowerCase() === serverName(host)) answer(null, context);`,
    replace: `        if (name !== '') answer(null, context);`,
    test: tests.broker,
    promises: [
      'a program that speaks HTTP in its own way › sends nothing with another name in its TLS than that of the tunnel',
    ],
  },
  {
    what: 'send a request without TLS to a server that has TLS',
    file: 'src/shared/model/host-rule.ts',
    find: `  if (scheme === schemeOf(url)) return port === portOf(url);`,
    replace: `  if (scheme === schemeOf(url) || url.port === '443') return port === portOf(url);`,
    test: tests.broker,
    promises: [
      'a program that speaks HTTP in its own way › sends nothing without TLS to a server that has TLS',
    ],
  },
  {
    what: 'serve whoever connects to the proxy',
    file: 'src/cli/run/broker/proxy.ts',
    find: `    return timingSafeEqual(sha256(given), this.#login);`,
    replace: `    return given !== undefined || timingSafeEqual(sha256(given), this.#login);`,
    test: tests.broker,
    promises: ['the proxy › serves nobody who does not know its password'],
  },
  {
    what: 'let everybody read the folder of certificates',
    file: 'src/cli/run/broker/trust.ts',
    find: `      mode: 0o600,`,
    replace: `      mode: 0o644,`,
    test: tests.broker,
    promises: ['the proxy › is trusted by nobody else, and leaves nothing behind'],
  },
  {
    what: 'leave the certificates behind',
    file: 'src/cli/run/broker/trust.ts',
    find: `      rmSync(folder, { recursive: true, force: true });`,
    replace: `      rmSync(\`\${folder}-none\`, { recursive: true, force: true });`,
    test: tests.broker,
    promises: ['the proxy › is trusted by nobody else, and leaves nothing behind'],
  },
  {
    what: 'write the private key beside the certificate',
    file: 'src/cli/run/broker/session-authority.ts',
    find: `        publicKey: this.#issuer.publicKey,
      },
      this.#issuer,
    );`,
    replace: `        publicKey: this.#issuer.publicKey,
      },
      this.#issuer,
    ) + this.#leafKeys.privateKey.export({ type: 'pkcs8', format: 'pem' });`,
    test: tests.broker,
    promises: [
      'the proxy › leaves no private key behind if its command is killed',
      'the proxy › is trusted by nobody else, and leaves nothing behind',
    ],
  },
  {
    what: 'put the certificates where other users see them',
    file: 'src/cli/run/broker/trust.ts',
    find: '    const path = join(folder, `authorities-${String(files.size)}.pem`);',
    replace: '    const path = `${folder}-${String(files.size)}.pem`;',
    test: tests.broker,
    promises: ['the proxy › does not show its password to another user'],
  },

  // A person who is asked.
  {
    what: 'give programs the calls of the window',
    file: 'src/server/agent/router.ts',
    find: `export const createAgentRouter = (core: Core) => {`,
    replace: `export const createAgentRouter = (core: Core) => ({
  ...createOwnRouter(core),
  approvals: { answer: agentOs.status.handler(() => true as never) },
});

const createOwnRouter = (core: Core) => {`,
    test: tests.approvals,
    promises: [
      'a program at the agent socket › has no call that answers, watches or imitates a window',
    ],
  },
  {
    what: 'let a program introduce itself as a window',
    file: 'src/shared/contract/agent/handshake.ts',
    find: `  kind: z.enum(callerKinds).exclude(['window']),`,
    replace: `  kind: z.enum(callerKinds),`,
    test: tests.approvals,
    promises: ['a program at the agent socket › cannot introduce itself as a window'],
  },
  {
    what: 'take an answer from any caller',
    file: 'src/core/requests/approvals.ts',
    find: `    if (currentCall()?.caller.kind !== 'window') {`,
    replace: `    if (currentCall() === undefined) {`,
    test: tests.approvals,
    promises: ['an answer › is refused from … even with the contract of the window at hand'],
  },
  {
    what: 'take an answer to any id for the oldest question',
    file: 'src/core/requests/approvals.ts',
    find: `    const question = this.#pending.get(id);`,
    replace: `    const question = this.#pending.get(id) ?? [...this.#pending.values()][0];`,
    test: tests.approvals,
    promises: [
      'an answer › to an id that nobody gave out, to an old one, or of another kind changes nothing',
    ],
  },
  {
    what: 'put approvals into the contract of programs',
    file: 'src/shared/contract/agent/index.ts',
    find: `  workspaces: workspacesContract,`,
    replace: `  workspaces: workspacesContract,
  approvals: statusContract,`,
    test: tests.approvals,
    promises: ['an answer › is in no contract but that of the window'],
  },
  {
    what: 'show characters that mislead',
    file: 'src/shared/model/visible-text.ts',
    find: `    .replaceAll(MISLEADING, SIGN)`,
    replace: '',
    test: tests.approvals,
    promises: ['the text of a question › neither hides nor turns around what it says'],
  },
  {
    what: 'show a long text as a whole',
    file: 'src/shared/model/visible-text.ts',
    find: `  if (characters.length <= most) return clean;`,
    replace: `  if (characters.length <= most || most > 0) return clean;`,
    test: tests.approvals,
    promises: ['the text of a question › is cut when it is long, and the end of an address stays'],
  },
  {
    what: 'show the query in the question',
    file: 'src/core/requests/request-service.ts',
    find: `      host: url.host,
      path: url.pathname,
    };`,
    replace: `      host: url.host,
      path: url.pathname + url.search,
    };`,
    test: tests.approvals,
    promises: ['the text of a question › has no query, no header and no body'],
  },
  {
    what: 'let a program ask any number of questions',
    file: 'src/core/requests/approvals.ts',
    find: `    if (this.#pending.size >= MOST_PENDING || own.length >= MOST_OF_ONE_CALLER) {`,
    replace: `    if (this.#pending.size >= MOST_PENDING * 10 || own.length >= MOST_PENDING) {`,
    test: tests.approvals,
    promises: [
      'many questions › of one program, or of many, end in a refusal and not in an endless list',
    ],
  },

  // The agent socket.
  {
    what: 'leave the socket open to others',
    file: 'src/main/hosts/agent/host.ts',
    find: `const PRIVATE_SOCKET = 0o600;`,
    replace: `const PRIVATE_SOCKET = 0o666;`,
    test: tests.agent,
    promises: [
      'the agent socket › can be opened by its user alone, in a folder that its user alone can enter',
      'the agent socket › is in a private folder elsewhere if others can look into the data directory',
    ],
  },
  {
    what: 'trust a folder that others can write',
    file: 'src/server/agent/endpoint.ts',
    find: `const isClosed = ({ mode }: Stats): boolean => (mode & 0o077) === 0;`,
    replace: `const isClosed = ({ mode }: Stats): boolean => mode !== 0;`,
    test: tests.agent,
    promises: [
      'the agent socket › is not trusted by a client if somebody else could have put it there',
      'the agent socket › is not looked for at an address that others can write or that a link leads to',
    ],
  },
  {
    what: 'follow a link to the address of the socket',
    file: 'src/server/agent/endpoint.ts',
    find: `(platform === 'win32' ? 0 : constants.O_NOFOLLOW)`,
    replace: `0`,
    test: tests.agent,
    promises: [
      'the agent socket › is not looked for at an address that others can write or that a link leads to',
    ],
  },
  {
    what: 'replace a socket that somebody listens at',
    file: 'src/main/hosts/agent/host.ts',
    find: `lstatSync(path).isSocket() && !(await answers(path));`,
    replace: `lstatSync(path).isSocket() && (await answers(path)) !== undefined;`,
    test: tests.agent,
    promises: [
      'the agent socket › never replaces one that somebody listens at, nor a file that is no socket',
    ],
  },
  {
    what: 'make no token for a pipe of Windows',
    file: 'src/server/agent/endpoint.ts',
    find: `    const token = randomBytes(32).toString('base64url');
    return publish(dataDirectory, { path: \`\${pipes}\${FOLDER}\${randomUUID()}\`, token });`,
    replace: `    return publish(dataDirectory, { path: \`\${pipes}\${FOLDER}pipe\` });`,
    test: tests.agent,
    promises: [
      'a pipe of Windows, whose name every user can see › refuses who cannot, and never sends the token itself',
      'a pipe of Windows, whose name every user can see › has another name and another token at each start',
    ],
  },
  {
    what: 'send another proof than the core expects',
    file: 'src/server/agent/handshake.ts',
    find: `    ...(token !== undefined && { proof: proofOf('client', token, nonce) }),`,
    replace: `    ...(token !== undefined && { proof: proofOf('core', token, nonce) }),`,
    test: tests.agent,
    promises: [
      'a pipe of Windows, whose name every user can see › lets in who can read the token file, which only its user can',
    ],
  },
  {
    what: 'trust a core without its proof',
    file: 'src/server/agent/handshake.ts',
    find: `  return token === undefined || isProof(welcome.data.proof, proofOf('core', token, hello.nonce));`,
    replace: `  return token === undefined || hello.nonce !== '';`,
    test: tests.agent,
    promises: [
      'a pipe of Windows, whose name every user can see › is left by a client if the other end does not know the token',
    ],
  },
  {
    what: 'serve a program that has not introduced itself',
    file: 'src/main/hosts/agent/host.ts',
    find: `    if (answer.hello === undefined) {
      report(\`Refused a program. \${answer.refused}\`);
      channel.end(welcome);
      return;
    }
    const { kind, process } = answer.hello;`,
    replace: `    const { kind, process } = answer.hello ?? { kind: 'cli', process: { pid: 1 } };`,
    test: tests.agent,
    promises: [
      'a program that connects › gets no answer to a call before it has introduced itself',
    ],
  },
  {
    what: 'wait for ever for the first message',
    file: 'src/main/hosts/agent/host.ts',
    find: `    const cancel = runtime.after(FIRST_MESSAGE_WITHIN_MS, () => {`,
    replace: `    const cancel = runtime.after(FIRST_MESSAGE_WITHIN_MS * 100, () => {`,
    test: tests.agent,
    promises: [
      'a program that connects › is dropped if it says nothing for five seconds, or not enough',
    ],
  },
  {
    what: 'take messages of any size from a program',
    file: 'src/server/agent/channel.ts',
    find: `    if (this.#size > this.#receives) {`,
    replace: `    if (this.#size > this.#receives * 1000) {`,
    test: tests.agent,
    promises: [
      'a program that connects › is dropped for …',
      'a program that connects › is dropped for … later on, of which nothing is written anywhere',
    ],
  },
  {
    what: 'hand the library messages that are no calls',
    file: 'src/server/agent/channel.ts',
    find: `      return this.#isMessage(JSON.parse(text)) ? text : undefined;`,
    replace: `      return JSON.parse(text) !== undefined ? text : undefined;`,
    test: tests.agent,
    promises: [
      'a program that connects › is dropped for … later on, of which nothing is written anywhere',
    ],
  },
  {
    what: 'serve any number of programs',
    file: 'src/main/hosts/agent/host.ts',
    find: `    if (this.#channels.size >= MAX_CLIENTS) {`,
    replace: `    if (this.#channels.size >= MAX_CLIENTS * 10) {`,
    test: tests.agent,
    promises: [
      'a program that connects › is refused while 64 others are connected, and let in after',
    ],
  },
  {
    what: 'let a program pass for a window',
    file: 'src/shared/contract/agent/handshake.ts',
    find: `  kind: z.enum(callerKinds).exclude(['window']),`,
    replace: `  kind: z.enum(callerKinds),`,
    test: tests.agent,
    promises: ['a program that connects › cannot pass for a window'],
  },
  {
    what: 'serve programs with the contract of the window',
    file: 'src/server/agent/router.ts',
    find: `export const createAgentRouter = (core: Core) => {`,
    replace: `export const createAgentRouter = (core: Core) => ({
  ...createOwnRouter(core),
  activity: { list: agentOs.status.handler(() => [] as never) },
});

const createOwnRouter = (core: Core) => {`,
    test: tests.agent,
    promises: ['a program that connects › cannot reach what is in the window contract alone'],
  },
  {
    what: 'answer programs while locked',
    file: 'src/server/agent/router.ts',
    find: `        if (core.security.isLocked()) throw core.security.refusal();`,
    replace: '',
    test: tests.agent,
    promises: [
      'while Strongroom is locked › every call of a program fails with LOCKED, except the one that says so',
    ],
  },
  {
    what: 'list environments with values',
    file: 'src/server/agent/environments.ts',
    find: `    return wanted.flatMap((workspace) =>
      environments.list(workspace.id).map((environment) => listed({ environment, workspace })),
    );`,
    replace: `    return Promise.all(
      wanted.flatMap((workspace) =>
        environments.list(workspace.id).map(async (environment) => {
          const selector = { workspace: workspace.name, environment: environment.name };
          const exported = await resolving.export({ ...selector, format: 'json' }, orNever(undefined));
          return { ...listed({ environment, workspace }), name: environment.name + JSON.stringify(exported) };
        }),
      ),
    );`,
    test: tests.agent,
    promises: ['nothing that a program gets to see is a value'],
  },
  {
    what: 'let every program use an unlocked app',
    file: 'src/core/security/security-service.ts',
    find: `    return this.parts.host !== 'cli' && isTyped(this.mode()) && !this.sharesUnlock();`,
    replace: `    return this.parts.host === 'cli' && isTyped(this.mode()) && !this.sharesUnlock();`,
    test: tests.admissions,
    promises: [
      'an app that a passphrase has unlocked › does not let programs use that, unless a person has said so',
      'an app that a passphrase has unlocked › lets a program in that knows the passphrase, on that connection alone',
      'an app that a passphrase has unlocked › shares nothing after its passphrase was changed',
    ],
  },
  {
    what: 'let a program share the unlock without the passphrase',
    file: 'src/server/agent/security.ts',
    find: `    if (input.on && !admissions.has(context.caller)) throw new AppError('PASSPHRASE_NEEDED');`,
    replace: '',
    test: tests.admissions,
    promises: [
      'an app that a passphrase has unlocked › does not let a program without the passphrase change that',
    ],
  },
  {
    what: 'let a program in that gives the passphrase of a locked app',
    file: 'src/core/security/security-service.ts',
    find: `    if (this.isLocked()) throw new AppError('LOCKED');
    await this.#attempt(() => this.parts.keyStore.check(passphrase));`,
    replace: `    await this.#attempt(() => this.parts.keyStore.check(passphrase));`,
    test: tests.admissions,
    promises: [
      'an app that a passphrase has unlocked › is not unlocked by a program that is let in',
    ],
  },
  {
    what: 'go on sharing after a new passphrase',
    file: 'src/core/security/security-service.ts',
    find: `    if (this.sharesUnlock()) this.#keep(false);`,
    replace: '',
    test: tests.admissions,
    promises: [
      'an app that a passphrase has unlocked › shares nothing after its passphrase was changed',
    ],
  },
  {
    what: 'ask programs for a passphrase that does not exist',
    file: 'src/core/security/security-service.ts',
    find: `    return this.parts.host !== 'cli' && isTyped(this.mode()) && !this.sharesUnlock();`,
    replace: `    return this.parts.host !== 'cli' && !this.sharesUnlock();`,
    test: tests.admissions,
    promises: [
      'an app that the keychain unlocks › is open to the programs of its user, and has nothing to share',
    ],
  },

  // Frames of either contract.
  {
    what: 'quote a refused input in the error',
    file: 'src/server/base.ts',
    find: `    return toContractError(new AppError(code, { cause: refusalOf(error) }));`,
    replace: `    const { data } = error.cause as { readonly data?: unknown };
    return toContractError(new AppError(code, { message: JSON.stringify(data), cause: error }));`,
    test: tests.contracts,
    promises: [
      'the … contract › answers every input of every call, without a value, a stack or what was typed',
    ],
  },
  {
    what: 'show the values of secret variables',
    file: 'src/core/environments/variables.ts',
    find: `    ...(!secret && { literal: text }),`,
    replace: `    literal: text,`,
    test: tests.contracts,
    promises: [
      'the … contract › answers every input of every call, without a value, a stack or what was typed',
    ],
  },
  {
    what: 'let the library read a form',
    file: 'src/server/agent/call-message.ts',
    find: `  z.string().refine((name) => !OF_BODY.test(name)),`,
    replace: `  z.string(),`,
    test: tests.contracts,
    promises: ['the … contract › survives every frame, without a word of it'],
  },

  // A page beside the app, and Lock.
  {
    what: 'let every page of this computer open the socket',
    file: 'src/main/hosts/browser/host.ts',
    find: `      isForUs(request) && request.headers.origin === origin && request.url === SOCKET_PATH;`,
    replace: `      isForUs(request) && request.url === SOCKET_PATH;`,
    test: tests.hostilePage,
    promises: [
      'a page of another origin › gets nothing by fetch, WebSocket, form, frame, script or window',
    ],
  },
  {
    what: 'answer under every name',
    file: 'src/main/hosts/browser/host.ts',
    find: `  const isForUs = (request: IncomingMessage): boolean => request.headers.host === authority;`,
    replace: `  const isForUs = (request: IncomingMessage): boolean => request.headers.host !== \`\${authority}.\`;`,
    test: tests.hostilePage,
    promises: [
      'a page of another origin › is answered under no other name that leads to this computer',
    ],
  },
  {
    what: 'keep the process of the core after Lock',
    file: 'src/main/hosts/core-process/keeper.ts',
    find: `        if (message.isShut && !this.#isClosing) this.#replacing = this.#replace(core);`,
    replace: '',
    test: tests.lock,
    promises: ['with … › nothing stays in the memory of any process after Lock, with …'],
  },

  {
    what: 'let the page keep a revealed value',
    file: 'src/renderer/features/environment/store.ts',
    find: `      return (await client.environments.reveal({ id, key: storedKey(row) })).value;`,
    replace: `      const { value } = await client.environments.reveal({ id, key: storedKey(row) });
      localStorage.setItem('revealed', value);
      return value;`,
    test: tests.sweep,
    promises: ['no canary is in a file, a profile, an argument, an environment or the output'],
  },

  {
    what: 'start the app without a word about core dumps',
    file: 'src/main/browser.ts',
    find: `leaveMemoryOutOfCoreDumps();

const start`,
    replace: `const start`,
    test: tests.sweep,
    promises: [
      'no canary is in a file, a profile, an argument, an environment or the output',
      'no canary is in a core dump',
    ],
  },
  {
    what: 'leave memory in the core dumps of the command',
    file: 'src/core/secrets/core-dumps.ts',
    find: `const NO_MEMORY = '0';`,
    replace: `const NO_MEMORY = '0x33';`,
    test: tests.dumps,
    promises: ['leaves its memory out of a core dump, which would hold values'],
  },
  {
    what: 'take the core dumps of the programs that it runs away',
    file: 'src/core/secrets/core-dumps.ts',
    find: `  setFilter('self', \`0x\${original}\`);`,
    replace: '',
    test: tests.dumps,
    promises: ['changes nothing about the core dumps of the program that it runs'],
  },

  // strongroom mcp.
  {
    what: 'give a model the values of an environment',
    file: 'src/cli/mcp/server.ts',
    find: `        const variables = await client.variables.names(selector, call);`,
    replace: `        const variables = (await client.run.variables({ ...inWorkspace(input.workspace), environments: [input.environment], assigned: [], expand: false }, call)).variables.map(({ value }) => value);`,
    test: tests.mcp,
    promises: [
      'strongroom mcp › gives a hostile client no value, by no tool, resource, prompt or error',
    ],
  },
  {
    what: 'take a question that nobody can be asked for a yes',
    file: 'src/core/requests/approvals.ts',
    find: `    if (this.#watchers === 0 && attention === undefined) return Promise.resolve('no-window');`,
    replace: `    if (this.#watchers === 0 && attention === undefined) return Promise.resolve('once');`,
    test: tests.mcp,
    promises: ['strongroom mcp › asks a person by default, and refuses if nobody can be asked'],
  },
  {
    what: 'keep the data directory between calls',
    file: 'src/cli/shared-core.ts',
    find: `const LINGER = 1000;`,
    replace: `const LINGER = 100_000;`,
    test: tests.mcp,
    promises: ['strongroom mcp › lets go of the data between its calls, so that the app can start'],
  },
  {
    what: 'call without the name of the client',
    file: 'src/cli/commands/mcp.ts',
    find: `      name: name === undefined || name === '' ? UNNAMED : name,`,
    replace: `      name: UNNAMED,`,
    test: tests.mcp,
    promises: ['strongroom mcp › uses the app that is open, under the name of the client'],
  },
  {
    what: 'print to standard output',
    file: 'src/cli/commands/mcp.ts',
    find: `  await server.connect(new StdioServerTransport(stdin, stdout));`,
    replace: `  stdout.write('Serving.\\n');
  await server.connect(new StdioServerTransport(stdin, stdout));`,
    test: tests.mcp,
    promises: [
      'strongroom mcp › writes nothing but the protocol to standard output, whatever it is sent',
    ],
  },
  {
    what: 'ignore SIGTERM',
    file: 'src/cli/bin.ts',
    find: `for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {`,
    replace: `process.on('SIGTERM', () => undefined);
for (const signal of ['SIGINT', 'SIGHUP'] as const) {`,
    test: tests.mcp,
    promises: ['strongroom mcp › ends by SIGTERM, and the request that is under way with it'],
  },
  {
    what: 'go on after a message that is too large',
    file: 'src/cli/commands/mcp.ts',
    find: `    Object.assign(server.server, { onclose: end });`,
    replace: '',
    test: tests.mcp,
    promises: ['strongroom mcp › ends if a message is larger than it takes'],
  },

  // The browser host.
  {
    what: 'put the launch token into the query',
    file: 'src/main/hosts/browser/listener.ts',
    find: `/#\${LAUNCH_PARAMETER}=`,
    replace: `/?\${LAUNCH_PARAMETER}=`,
    test: tests.browser,
    promises: ['the address › is on loopback, and holds the token in the fragment only'],
  },
  {
    what: 'serve pages without a policy',
    file: 'src/main/hosts/renderer-files.ts',
    find: `    "default-src 'none'",`,
    replace: `    "default-src *",`,
    test: tests.browser,
    promises: ['pages › are served with a policy that lets nothing else in'],
  },
  {
    what: 'skip the check of the header Host',
    file: 'src/main/hosts/browser/host.ts',
    find: `  const isForUs = (request: IncomingMessage): boolean => request.headers.host === authority;`,
    replace: `  const isForUs = (request: IncomingMessage): boolean => request.headers.host !== authority + '.';`,
    test: tests.browser,
    promises: [
      'pages › are refused to the host name …, as a rebound name would send it',
      'pages › ignore forwarded headers',
    ],
  },
  {
    what: 'take the name that the page has in its origin for the header Host',
    file: 'src/main/hosts/browser/host.ts',
    find: `      isForUs(request) && request.headers.origin === origin && request.url === SOCKET_PATH;`,
    replace: `      request.headers.origin === \`http://\${String(request.headers.host)}\` && request.url === SOCKET_PATH;`,
    test: tests.browser,
    promises: ['the socket › is refused to a rebound host name'],
  },
  {
    what: 'serve files from outside the folder of the page',
    file: 'src/main/hosts/renderer-files.ts',
    find: `  return path === '..' || path.startsWith(\`..\${sep}\`) || path.startsWith(sep) ? undefined : path;`,
    replace: `  return path;`,
    test: tests.browser,
    promises: ['pages › give nothing for …'],
  },
  {
    what: 'answer every method',
    file: 'src/main/hosts/browser/host.ts',
    find: `    if (request.method !== 'GET') return answer(response, 405, 'Method not allowed.\\n');`,
    replace: '',
    test: tests.browser,
    promises: ['pages › answer no other method'],
  },
  {
    what: 'let a launch token be used twice',
    file: 'src/main/hosts/browser/sessions.ts',
    find: `    this.#launchTokens.delete(launchToken);
    this.#sessions.push(session);`,
    replace: `    this.#sessions.push(session);`,
    test: tests.browser,
    promises: ['the launch token › is good once'],
  },
  {
    what: 'drop the check of the origin for the launch token',
    file: 'src/main/hosts/browser/host.ts',
    find: `    if (request.headers.origin !== origin) return answer(response, 403, 'Wrong origin.\\n');`,
    replace: '',
    test: tests.browser,
    promises: ['the launch token › is refused to a page of another origin, and stays good'],
  },
  {
    what: 'let launch tokens be guessed at any speed',
    file: 'src/main/hosts/browser/host.ts',
    find: `      if (wrongLaunchTokens.take()) return answer(response, 401, 'This link has been used.\\n');`,
    replace: `      if (!wrongLaunchTokens.take() || launch !== '') return answer(response, 401, 'This link has been used.\\n');`,
    test: tests.browser,
    promises: ['the launch token › cannot be guessed at any speed'],
  },
  {
    what: 'count a guess before the token is compared',
    file: 'src/main/hosts/browser/host.ts',
    find: `    const session = launch === undefined ? undefined : sessions.exchange(launch);`,
    replace: `    const session = launch === undefined || !wrongLaunchTokens.take() ? undefined : sessions.exchange(launch);`,
    test: tests.browser,
    promises: [
      'strangers, who can connect and forge an origin › do not use up the link by guessing',
    ],
  },
  {
    what: 'fail on a body that is no launch token',
    file: 'src/main/hosts/browser/host.ts',
    find: `    return exchangeSchema.parse(JSON.parse(body ?? '')).launch;
  } catch {
    return undefined;
  }`,
    replace: `    return exchangeSchema.parse(JSON.parse(body ?? '')).launch;
  } catch (error) {
    throw error;
  }`,
    test: tests.browser,
    promises: ['the launch token › cannot be hidden in a large or malformed body'],
  },
  {
    what: 'admit nobody',
    file: 'src/main/hosts/browser/sockets.ts',
    find: `      socket.send(SOCKET_READY);`,
    replace: `      socket.close(CLOSE_NO_SESSION);`,
    test: tests.browser,
    promises: ['the socket › carries calls for the tab that has cookie and token'],
  },
  {
    what: 'drop the check of the origin for the socket',
    file: 'src/main/hosts/browser/host.ts',
    find: `      isForUs(request) && request.headers.origin === origin && request.url === SOCKET_PATH;`,
    replace: `      isForUs(request) && request.url === SOCKET_PATH;`,
    test: tests.browser,
    promises: ['the socket › is refused to …'],
  },
  {
    what: 'admit a socket on its cookie alone',
    file: 'src/main/hosts/browser/sessions.ts',
    find: `        equal(session.cookieToken, cookieToken) && equal(session.socketToken, socketToken),`,
    replace: `        equal(session.cookieToken, cookieToken) && socketToken !== '',`,
    test: tests.browser,
    promises: [
      'the socket › is closed on the cookie without the token, and refused on the token without the cookie',
      'the socket › is closed on the cookie of one session with the token of another',
      'the socket › answers no call before its first message has been accepted',
    ],
  },
  {
    what: 'admit the token of any session',
    file: 'src/main/hosts/browser/sessions.ts',
    find: `        equal(session.cookieToken, cookieToken) && equal(session.socketToken, socketToken),`,
    replace: `        equal(session.socketToken, socketToken) || cookieToken === '',`,
    test: tests.browser,
    promises: ['the socket › is closed on the cookie of one session with the token of another'],
  },
  {
    what: 'print bad frames',
    file: 'src/main/hosts/page-server.ts',
    find: `          handler.message(peer, message, connection).catch(refuse);`,
    replace: `          handler.message(peer, message, connection).catch(() => {
            report(\`A message of the page was not answered. \${message}\`);
          });`,
    test: tests.browser,
    promises: [
      'frames of an admitted socket › print nothing of …, and leave the socket open',
      'the process of a host › prints one line of all bad frames of a socket, and nothing that was in them',
    ],
  },
  {
    what: 'take messages of any size from a page',
    file: 'src/main/hosts/browser/sockets.ts',
    find: `const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;`,
    replace: `const MAX_MESSAGE_BYTES = 1024 * 1024 * 1024;`,
    test: tests.browser,
    promises: [
      'frames of an admitted socket › end the socket when one is too large, without a word',
    ],
  },
  {
    what: 'count sockets without a session',
    file: 'src/main/hosts/browser/host.ts',
    find: `    const isOurPage =`,
    replace: `    const counted = others as unknown as { upgrades?: number };
    counted.upgrades = (counted.upgrades ?? 0) + 1;
    if (counted.upgrades > MAX_SOCKETS) {
      refuseUpgrade(connection, '403 Forbidden');
      return;
    }
    const isOurPage =`,
    test: tests.browser,
    promises: [
      'strangers, who can connect and forge an origin › take no place of the owner without a cookie',
    ],
  },
  {
    what: 'refuse new connections while there are many',
    file: 'src/main/hosts/browser/bounded-set.ts',
    find: `    for (const oldest of this.#items) {`,
    replace: `    this.#items.delete(item);
    this.drop(item);
    for (const oldest of [] as T[]) {`,
    test: tests.browser,
    promises: [
      'strangers, who can connect and forge an origin › take no place of the owner with a cookie that they got hold of',
      'strangers, who can connect and forge an origin › take no place of the owner with silent connections',
    ],
  },
  {
    what: 'let strangers send as much as the owner',
    file: 'src/main/hosts/browser/sockets.ts',
    find: `      if (isTooMuch) socket.terminate();`,
    replace: `      if (isTooMuch && received === 0) socket.terminate();`,
    test: tests.browser,
    promises: [
      'strangers, who can connect and forge an origin › send no more than 1 KiB before they are admitted',
    ],
  },
  {
    what: 'wait for slow connections',
    file: 'src/main/hosts/browser/host.ts',
    find: `const patience = {
  headersTimeout: 3000,
  requestTimeout: 5000,`,
    replace: `const patience = {
  headersTimeout: 30_000,
  requestTimeout: 50_000,`,
    test: tests.browser,
    promises: [
      'strangers, who can connect and forge an origin › cannot keep a connection by being slow',
    ],
  },
  {
    what: 'fail when a refused connection breaks off',
    file: 'src/main/hosts/browser/host.ts',
    find: `  connection.on('error', () => {
    connection.destroy();
  });
  connection.end(`,
    replace: `  connection.removeAllListeners('error');
  connection.end(`,
    test: tests.browser,
    promises: [
      'strangers, who can connect and forge an origin › do not end the host by breaking off what is refused',
    ],
  },
  {
    what: 'count strangers as open pages',
    file: 'src/main/hosts/browser/host.ts',
    find: `    if (!isOurPage || sockets.admitted >= MAX_SOCKETS) {`,
    replace: `    clearTimeout(idleTimer);
    if (!isOurPage || sockets.admitted >= MAX_SOCKETS) {`,
    test: tests.browser,
    promises: [
      'strangers, who can connect and forge an origin › do not keep the host from noticing that no page is open',
    ],
  },
  {
    what: 'let a rejection that nobody heard end the process',
    file: 'src/main/hosts/faults.ts',
    find: `  process.on('unhandledRejection', (reason: unknown) => {
    report(\`A promise was rejected and nobody listened. \${describeBug(reason)}\`);
  });`,
    replace: '',
    test: tests.browser,
    promises: [
      'the process of a host › outlives a rejection that nobody heard, and prints one line without its message',
    ],
  },
  {
    what: 'never say that no page is open',
    file: 'src/main/hosts/browser/host.ts',
    find: `    if (sockets.admitted === 0) idleTimer = setTimeout(options.onIdle, options.idleAfterMs);
  }
  watchIdle();`,
    replace: `    if (sockets.admitted < 0) idleTimer = setTimeout(options.onIdle, options.idleAfterMs);
  }
  watchIdle();`,
    test: tests.browser,
    promises: ['tells when no page has been open for a while'],
  },

  // The desktop host.
  {
    what: 'serve no page',
    file: 'src/main/hosts/desktop/connection.ts',
    find: `    options.accept(port);`,
    replace: `    port.close();`,
    test: tests.connection,
    promises: [
      'main › serves the contract to its own page',
      'main › serves what was asked before the port arrived',
      'main › serves the page again after a reload',
      'main › ends a stream when its page goes away',
    ],
  },
  {
    what: 'take the port of a frame inside the page',
    file: 'src/main/hosts/desktop/connection.ts',
    find: `  if (frame.parent !== null) return 'a frame inside the page';`,
    replace: '',
    test: tests.connection,
    promises: ['main › refuses …, closes its port and says so'],
  },
  {
    what: 'take the port of a page of another origin',
    file: 'src/main/hosts/desktop/connection.ts',
    find: '  if (frame.origin !== options.origin) return `the origin ${frame.origin}`;',
    replace: '',
    test: tests.connection,
    promises: ['main › refuses …, closes its port and says so'],
  },
  {
    what: 'take the port of other contents',
    file: 'src/main/hosts/desktop/connection.ts',
    find: `  if (!options.owns(event.sender)) return 'contents that are not ours';`,
    replace: '',
    test: tests.connection,
    promises: ['main › refuses other contents, even with the right origin'],
  },
  {
    what: 'take a message with several ports',
    file: 'src/main/hosts/desktop/connection.ts',
    find: `    if (port === undefined || others.length > 0 || reason !== undefined) {`,
    replace: `    if (port === undefined || reason !== undefined) {`,
    test: tests.connection,
    promises: ['main › refuses a message with … ports'],
  },
  {
    what: 'hand over no port',
    file: 'src/preload/index.ts',
    find: `  ipcRenderer.postMessage(CONNECT_MESSAGE, null, [port]);`,
    replace: '',
    test: tests.connection,
    promises: ['the preload › hands the port of the page to main, which then serves it'],
  },
  {
    what: 'hand over every port',
    file: 'src/preload/index.ts',
    find: `  window.removeEventListener('message', handOver);`,
    replace: '',
    test: tests.connection,
    promises: ['the preload › does so once only'],
  },
  {
    what: 'hand over a port of another page',
    file: 'src/preload/index.ts',
    find: `  if (event.source !== window || event.origin !== window.location.origin) return;`,
    replace: '',
    test: tests.connection,
    promises: ['the preload › hands over nothing for …, and stays ready for the page'],
  },
  {
    what: 'pass everything on that main sends',
    file: 'src/preload/index.ts',
    find: `      if (isCommand(command)) listener(command);`,
    replace: `      listener(command as CommandId);`,
    test: tests.connection,
    promises: [
      'the preload › gives the page nothing but commands of the menu and the news of Lock',
    ],
  },
  {
    what: 'open no address',
    file: 'src/main/hosts/desktop/external-links.ts',
    find: `  if (!isAllowed(address)) {`,
    replace: `  if (address !== '') {`,
    test: tests.links,
    promises: ['openExternalLink › hands … to the system'],
  },
  {
    what: 'open every host',
    file: 'src/main/hosts/desktop/external-links.ts',
    find: `  return protocol === 'https:' && isPlain && allowedHosts.has(hostname);`,
    replace: `  return protocol === 'https:' && isPlain && hostname !== '';`,
    test: tests.links,
    promises: ['openExternalLink › refuses … aloud'],
  },
  {
    what: 'report the whole address',
    file: 'src/main/hosts/desktop/external-links.ts',
    find: '    report(`Refused to open ${originOf(address)} outside the app.`);',
    replace: '    report(`Refused to open ${address} outside the app.`);',
    test: tests.links,
    promises: ['openExternalLink › reports no more of an address than its origin'],
  },
  {
    what: 'let the page navigate',
    file: 'src/main/hosts/desktop/lockdown.ts',
    find: `    if (isSamePage(event.url, pageUrl)) return;
    event.preventDefault();`,
    replace: `    if (isSamePage(event.url, pageUrl)) return;`,
    test: tests.lockdown,
    promises: ['contents › do not navigate to …'],
  },
  {
    what: 'let the page open windows by itself',
    file: 'src/main/hosts/desktop/lockdown.ts',
    find: `    if (isSamePage(url, pageUrl)) openAnother(url);`,
    replace: `    if (url !== "") openAnother(url);`,
    test: tests.lockdown,
    promises: ['contents › open their own page in another window of the app, which main opens'],
  },
  {
    what: 'refuse to load the page again',
    file: 'src/main/hosts/desktop/lockdown.ts',
    find: `    if (isSamePage(event.url, pageUrl)) return;`,
    replace: `    if (isSamePage(event.url, '')) return;`,
    test: tests.lockdown,
    promises: ['contents › may load … again'],
  },
  {
    what: 'let frames navigate',
    file: 'src/main/hosts/desktop/lockdown.ts',
    find: `    if (event.isMainFrame) return;
    event.preventDefault();`,
    replace: `    if (event.isMainFrame) return;`,
    test: tests.lockdown,
    promises: ['contents › do not let a frame navigate anywhere, not even to the page'],
  },
  {
    what: 'follow redirects',
    file: 'src/main/hosts/desktop/lockdown.ts',
    find: `  contents.on('will-redirect', (event) => {
    event.preventDefault();`,
    replace: `  contents.on('will-redirect', (event) => {`,
    test: tests.lockdown,
    promises: ['contents › follow no redirect'],
  },
  {
    what: 'attach webviews',
    file: 'src/main/hosts/desktop/lockdown.ts',
    find: `  contents.on('will-attach-webview', (event) => {
    event.preventDefault();`,
    replace: `  contents.on('will-attach-webview', () => {`,
    test: tests.lockdown,
    promises: ['contents › attach no webview'],
  },
  {
    what: 'open windows',
    file: 'src/main/hosts/desktop/lockdown.ts',
    find: `    return { action: 'deny' };`,
    replace: `    return { action: 'allow' };`,
    test: tests.lockdown,
    promises: ['contents › open no window; an allowed address goes to the browser of the system'],
  },
  {
    what: 'grant permissions',
    file: 'src/main/hosts/desktop/lockdown.ts',
    find: `  session.setPermissionRequestHandler((_contents, _permission, callback) => {
    callback(false);`,
    replace: `  session.setPermissionRequestHandler((_contents, _permission, callback) => {
    callback(true);`,
    test: tests.lockdown,
    promises: ['the session › grants no …, asked or checked'],
  },
  {
    what: 'grant devices',
    file: 'src/main/hosts/desktop/lockdown.ts',
    find: `  session.setDevicePermissionHandler(() => false);`,
    replace: `  session.setDevicePermissionHandler(() => true);`,
    test: tests.lockdown,
    promises: ['the session › grants no device and checks no spelling'],
  },
  {
    what: 'download everything',
    file: 'src/main/hosts/desktop/lockdown.ts',
    find: `    if (!isMadeHere(item.getURL())) event.preventDefault();`,
    replace: `    if (item.getURL() === '') event.preventDefault();`,
    test: tests.lockdown,
    promises: ['the session › downloads nothing from …'],
  },
  {
    what: 'download nothing',
    file: 'src/main/hosts/desktop/lockdown.ts',
    find: `    if (!isMadeHere(item.getURL())) event.preventDefault();`,
    replace: `    if (item.getURL() !== '') event.preventDefault();`,
    test: tests.lockdown,
    promises: ['the session › lets the page save what it made itself'],
  },
  {
    what: 'let requests out to the network',
    file: 'src/main/hosts/desktop/lockdown.ts',
    find: `      callback({ cancel: true });`,
    replace: `      callback({ cancel: false });`,
    test: tests.lockdown,
    promises: ['the session › lets no request out to the network or to files'],
  },
  {
    what: 'close the network to a dev server',
    file: 'src/main/hosts/desktop/lockdown.ts',
    find: `  if (!options.network) {`,
    replace: `  if (!options.network || networkUrls.length > 0) {`,
    test: tests.lockdown,
    promises: ['the session › leaves the network open to a dev server'],
  },

  // strongroom serve.
  {
    what: 'tell a caller why its token is refused',
    file: 'src/main/hosts/serve/host.ts',
    find: `        message: 'The call has no token of a client, or one that does not count.',`,
    replace: '        message: `The call has the token ${String(request.headers.authorization)}.`,',
    test: tests.serve,
    promises: ['a caller without rights › learns nothing, whatever it sends as a token'],
  },
  {
    what: 'accept expired tokens',
    file: 'src/core/clients/client-service.ts',
    find: `(found.expiresAt ?? Infinity) <= this.parts.runtime.now()`,
    replace: `(found.expiresAt ?? Infinity) <= 0`,
    test: tests.serve,
    promises: [
      'a caller without rights › is out as soon as its client is revoked, has expired, or calls from elsewhere',
    ],
  },
  {
    what: 'accept a token from every address',
    file: 'src/core/clients/client-service.ts',
    find: `    return found.addresses === undefined || isAmong(address, found.addresses) ? found : undefined;`,
    replace: `    return found.addresses === undefined || address !== '' ? found : undefined;`,
    test: tests.serve,
    promises: [
      'a caller without rights › is out as soon as its client is revoked, has expired, or calls from elsewhere',
    ],
  },
  {
    what: 'believe what an untrusted caller wrote into X-Forwarded-For',
    file: 'src/main/hosts/serve/caller-address.ts',
    find: `hop !== undefined && isTrusted(address, trusted); hop = hops.pop()`,
    replace: `hop !== undefined && trusted.length >= 0; hop = hops.pop()`,
    test: tests.serve,
    promises: [
      'a caller without rights › is out as soon as its client is revoked, has expired, or calls from elsewhere',
    ],
  },
  {
    what: 'let a client use every grant',
    file: 'src/server/serve/router.ts',
    find: `    if (id !== undefined) return id;
    const error`,
    replace: `    if (id !== undefined || typed !== '') return id ?? typed;
    const error`,
    test: tests.serve,
    promises: [
      'a caller without rights › cannot use the grant of another client, nor learn that there is one',
    ],
  },
  {
    what: 'let a client read every environment',
    file: 'src/server/serve/router.ts',
    find: `      const id = environmentsOf(client).get(input.environment);`,
    replace: `      const id = rowOrNone(
        () => lookup.environment({ workspace: client.workspaceId, environment: input.environment }).environment.id,
      );`,
    test: tests.serve,
    promises: [
      'a caller without rights › cannot read the environment of another client, nor learn that there is one',
    ],
  },
  {
    what: 'skip the policy for clients',
    file: 'src/shared/model/policy.ts',
    find: `  if (clients !== undefined && !clients.includes(client)) {`,
    replace: `  if (clients !== undefined && client === '') {`,
    test: tests.serve,
    promises: [
      'a client with a grant › still needs a policy that admits other machines, its name and its address',
    ],
  },
  {
    what: 'skip redaction for other machines',
    file: 'src/core/requests/outgoing.ts',
    find: `    .filter(([name]) => isHidden(name))`,
    replace: `    .filter(([name]) => isHidden(name) && name === '')`,
    test: tests.serve,
    promises: ['a client with a grant › gets the credential neither in answers nor in failures'],
  },
  {
    what: 'let a client make any number of calls',
    file: 'src/main/hosts/serve/host.ts',
    find: `    if (use.underWay >= perClient || !use.rate.take()) {`,
    replace: `    if (use.underWay >= perClient) {`,
    test: tests.serve,
    promises: [
      'a client with a grant › cannot make more calls than its limits, and does not use up those of others',
    ],
  },
  {
    what: 'let a client hold any number of calls',
    file: 'src/main/hosts/serve/host.ts',
    find: `    if (use.underWay >= perClient || !use.rate.take()) {`,
    replace: `    if (perClient < 0 || !use.rate.take()) {`,
    test: tests.serve,
    promises: ['a client with a grant › cannot hold more calls at the same time than its limit'],
  },
  {
    what: 'answer under any name',
    file: 'src/main/hosts/serve/host.ts',
    find: `    if (this.options.onlyLocalNames && !LOCAL_NAME.test(headers.host ?? '')) {`,
    replace: `    if (this.options.onlyLocalNames && headers.host === '') {`,
    test: tests.serve,
    promises: [
      'a page in a browser › is not answered under another name that leads to this computer',
    ],
  },
  {
    what: 'answer pages',
    file: 'src/main/hosts/serve/host.ts',
    find: `    if (headers.origin !== undefined || (site !== undefined && site !== 'none')) {`,
    replace: `    if (site === 'none') {`,
    test: tests.serve,
    promises: ['a page in a browser › is not answered at all, and no answer allows another origin'],
  },
  {
    what: 'answer every path with the list of calls',
    file: 'src/main/hosts/serve/host.ts',
    find: `    if (path === '/openapi.json' && isRead) {`,
    replace: `    if (path !== '/v1/grants' && isRead) {`,
    test: tests.serve,
    promises: ['a caller that wants to harm the server › finds no files, whatever the path'],
  },
  {
    what: 'take bodies of any size',
    file: 'src/main/hosts/serve/host.ts',
    find: `      plugins: [new BodyLimitPlugin({ maxBodySize: limits.body })],`,
    replace: `      plugins: [],`,
    test: tests.serve,
    promises: [
      'a caller that wants to harm the server › cannot send a body over the limit, announced or not',
    ],
  },
  {
    what: 'read requests that could be read in another way',
    file: 'src/main/hosts/serve/host.ts',
    find: `    maxHeaderSize: LARGEST_HEADERS,`,
    replace: `    maxHeaderSize: LARGEST_HEADERS,
    insecureHTTPParser: true,`,
    test: tests.serve,
    promises: ['a caller that wants to harm the server › cannot hide a call behind another'],
  },
  {
    what: 'wait for slow callers',
    file: 'src/main/hosts/serve/host.ts',
    find: `    headersTimeout: limits.headersWithin,
    requestTimeout: limits.callWithin,`,
    replace: `    headersTimeout: 30_000,
    requestTimeout: 30_000,`,
    test: tests.serve,
    promises: [
      'a caller that wants to harm the server › cannot hold a connection by sending slowly',
    ],
  },
  {
    what: 'take any number of connections',
    file: 'src/main/hosts/serve/host.ts',
    find: `  server.maxConnections = limits.connections;`,
    replace: '',
    test: tests.serve,
    promises: [
      'a caller that wants to harm the server › cannot open more connections than there are places',
    ],
  },
  {
    what: 'store the token of a client',
    file: 'src/core/clients/client-service.ts',
    find: `  return { token, hash: hashOf(token).toString('hex') };`,
    replace: `  return { token, hash: token };`,
    test: tests.serve,
    promises: ['the token of a client is not stored, only its hash'],
  },
  // Another key.
  {
    what: 'keep the backups that only the old key opens',
    file: 'src/core/security/backup-service.ts',
    find: `    if (!isReplaced) return;
    this.parts.backups.removeSealed();`,
    replace: `    if (!isReplaced) return;`,
    test: tests.replaceKey,
    promises: [
      'a key in … mode › opens nothing after another took its place, and neither does a copy of its file',
    ],
  },
  {
    what: 'finish the replacement of a key that a crash undid',
    file: 'src/core/keys/key-store.ts',
    find: `    const isReplaced = sealedWith === next.account;`,
    replace: `    const isReplaced = sealedWith !== '';`,
    test: tests.replaceKey,
    promises: ['a key in … mode › or the next one opens everything after a crash at any step'],
  },
  {
    what: 'replace the key without the current passphrase',
    file: 'src/core/keys/key-store.ts',
    find: `      const from = await this.#provenKey(current);
      if (from !== undefined) await this.#replaceKey(content, from, current);`,
    replace: `      const from = await this.#obtain();
      if (from !== undefined) await this.#replaceKey(content, from, current ?? '');`,
    test: tests.replaceKey,
    promises: ['another key › needs the current passphrase, and a key that is stored'],
  },
  {
    what: 'replace the key while a backup waits',
    file: 'src/core/security/backup-service.ts',
    find: `    if (!this.parts.backups.isWaiting()) return { apply: () => undefined, release };`,
    replace: `    if (release !== undefined) return { apply: () => undefined, release };`,
    test: tests.replaceKey,
    promises: ['another key › is refused while a backup waits that only the present key opens'],
  },
  {
    what: 'go on with a key that the keychain did not take',
    file: 'src/core/keys/key-store.ts',
    find: `      if (usesKeychain(before.mode)) await this.#toKeychain(account, beside ?? to);`,
    replace: `      if (usesKeychain(before.mode)) await this.#toKeychain(account, beside ?? to).catch(() => undefined);`,
    test: tests.replaceKey,
    promises: ['another key › that the keychain does not take changes nothing'],
  },
  {
    what: 'seal a grant again that somebody else wrote',
    file: 'src/core/keys/grant-seals.ts',
    find: `          if (this.#isGenuine(from, row)) this.rows.put(row.id, sealOf(to, row));`,
    replace: `          if (from !== to) this.rows.put(row.id, sealOf(to, row));`,
    test: tests.replaceKey,
    promises: ['another key › makes no grant genuine that somebody else wrote'],
  },
  {
    what: 'go on with the old key after it was replaced',
    file: 'src/core/keys/key-store.ts',
    find: `      if (locks === this.#locks) this.#key = to;
      await this.#settle();`,
    replace: `      if (locks === this.#locks) this.#key = from;
      await this.#settle();`,
    test: tests.replaceKey,
    promises: ['another key › seals what is written meanwhile'],
  },
  {
    what: 'send any file as the token of a service account',
    file: 'src/core/providers/hashicorp-vault/login-methods.ts',
    find: '  if (isServiceAccountToken(text)) return text;',
    replace: '  if (isServiceAccountToken(text) || text !== "") return text;',
    test: tests.login,
    promises: ['a Kubernetes login sends nothing from a file but the token of a service account'],
  },
  {
    what: 'open any page for a sign-in',
    file: 'src/main/hosts/desktop/external-links.ts',
    find: "  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));",
    replace: "  return protocol !== '' || LOOPBACK.has(hostname);",
    test: tests.links,
    promises: ['openSignInPage › opens only pages of the web or of this computer: …'],
  },
  // Unsaved edits over Lock.
  {
    what: 'lock without keeping unsaved edits',
    file: 'src/core/environments/unsaved-edits.ts',
    find: `    if (this.keepNow()) return true;`,
    replace: `    return true;`,
    test: tests.unsaved,
    promises: [
      'Lock › keeps edits on the disk until a window has them, whatever crashes in between',
      'Lock › keeps edits over a new key',
    ],
  },
  {
    what: 'keep unsaved edits as they are',
    file: 'src/core/keys/sealed-store.ts',
    find: `      sealed: this.#envelope.seal(key, this.options.scopeOf(address), value.reveal()),`,
    replace: `      sealed: Buffer.from(value.reveal()),`,
    test: tests.unsaved,
    promises: ['Lock › seals unsaved edits, and gives them back to their window after the unlock'],
  },
  {
    what: 'leave unsaved edits in memory',
    file: 'src/core/security/security-service.ts',
    find: `    edits.forget();`,
    replace: ``,
    test: tests.unsaved,
    promises: ['Lock › forgets the edits in memory, also if nothing can be stored'],
  },
  {
    what: 'give edits to the first window that asks',
    file: 'src/core/environments/unsaved-edits.ts',
    find: `      ...free.filter((each) => !isOwn(each) && !this.#windows.has(each.windowId)),`,
    replace: `      ...free.filter((each) => !isOwn(each)),`,
    test: tests.unsaved,
    promises: [
      'Lock › gives each window its own edits, and those of a window that is gone to the first that asks',
    ],
  },
  {
    what: 'remove edits before a window has them',
    file: 'src/core/environments/unsaved-edits.ts',
    find: `      else taken.push({ ...edits, id: environmentId });`,
    replace: `      else {
        taken.push({ ...edits, id: environmentId });
        this.#store.removeNow([kept]);
      }`,
    test: tests.unsaved,
    promises: [
      'Lock › keeps edits on the disk until a window has them, whatever crashes in between',
    ],
  },
  {
    what: 'give no more than one set of edits of an environment',
    file: 'src/core/environments/unsaved-edits.ts',
    find: `    return this.#waitingFor(windowId).some((kept) => kept.environmentId === environmentId);`,
    replace: `    return false;`,
    test: tests.unsaved,
    promises: ['Lock › gives edits of an environment that has some already when those are gone'],
  },
  {
    what: 'give edits without the passphrase for lost',
    file: 'src/core/environments/unsaved-edits.ts',
    find: `      if (isAppError(error, 'CREDENTIALS_UNREADABLE')) return undefined;`,
    replace: `      if (isAppError(error)) return undefined;`,
    test: tests.unsaved,
    promises: ['Lock › keeps edits behind a passphrase'],
  },
  {
    what: 'lock although unsaved edits cannot be stored',
    file: 'src/core/security/security-service.ts',
    find: `    await this.parts.edits.keep();
    this.lock();`,
    replace: `    await this.parts.edits.keep().catch(() => false);
    this.lock();`,
    test: tests.unsaved,
    promises: [
      'Lock › does not come for a person if edits cannot be stored, but comes for a program',
    ],
  },
  {
    what: 'lock by itself, whatever is lost',
    file: 'src/core/security/security-service.ts',
    find: `    const reason = await this.#reasonToStay();`,
    replace: `    const reason = await this.#reasonToStay().then(() => undefined);`,
    test: tests.unsaved,
    promises: [
      'Lock automatically › does not come while everything is in memory only, and says so',
      'Lock automatically › does not come if unsaved edits cannot be stored, and tries again later',
    ],
  },
  {
    what: 'let nothing lock by itself with unsaved edits',
    file: 'src/core/security/security-service.ts',
    find: `      return (await this.parts.edits.keep()) ? undefined : NOTHING_STORED;`,
    replace: `      return this.parts.edits.areHeld() ? NOTHING_STORED : undefined;`,
    test: tests.unsaved,
    promises: ['Lock automatically › keeps unsaved edits'],
  },
  {
    what: 'keep the edits of a window that closes',
    file: 'src/core/environments/unsaved-edits.ts',
    find: `    for (const [key, held] of this.#held) if (held.windowId === windowId) this.#held.delete(key);`,
    replace: ``,
    test: tests.unsaved,
    promises: [
      'a window that closes › takes its unsaved edits with it, as the person has agreed to',
    ],
  },
  // A PIN beside the keychain.
  {
    what: 'wrap the key by the PIN alone',
    file: 'src/core/keys/passphrase.ts',
    find: `hkdfSync('sha256', derived, other, BESIDE_INFO, MASTER_KEY_BYTES)`,
    replace: `hkdfSync('sha256', derived, '', BESIDE_INFO, MASTER_KEY_BYTES)`,
    test: tests.pin,
    promises: [
      'the data directory and the PIN › open nothing without the keychain, and show nobody whether a PIN is right',
    ],
  },
  {
    what: 'leave the master key in the keychain beside a PIN',
    file: 'src/core/keys/key-store.ts',
    find: `    if (current !== undefined) await this.#dropFromKeychain(before, after);`,
    replace: ``,
    test: tests.pin,
    promises: [
      'the data directory and the keychain › open nothing with what the keychain had before',
      'the data directory and the keychain › need the PIN for another protection',
    ],
  },
  {
    what: 'take any PIN with the right keychain',
    file: 'src/core/keys/passphrase.ts',
    find: `    scrypt(normalised, salt, MASTER_KEY_BYTES, { N, r, p, maxmem }, (error, derived) => {`,
    replace: `    scrypt('', salt, MASTER_KEY_BYTES, { N, r, p, maxmem }, (error, derived) => {`,
    test: tests.pin,
    promises: [
      'the data directory and the keychain › open nothing without the PIN',
      'the data directory and the keychain › need the PIN after Lock',
    ],
  },
  {
    what: 'let somebody guess as many PINs as they like',
    file: 'src/core/security/guesses.ts',
    find: `    if (left > 0) throw paused(left);`,
    replace: ``,
    test: tests.pin,
    promises: [
      'a wrong PIN › costs more and more time, also after a restart, and even the right one has to wait',
      'a wrong PIN › counts before it is tried, so that many at once gain nothing',
    ],
  },
  {
    what: 'count a PIN that nobody could check',
    file: 'src/core/security/guesses.ts',
    find: `        this.rows.set(GUESSES, before);`,
    replace: ``,
    test: tests.pin,
    promises: [
      'a wrong PIN › is no guess if nobody can tell, because the keychain does not answer',
    ],
  },
  {
    what: 'go on counting after a start-over',
    file: 'src/core/security/security-service.ts',
    find: `    this.parts.guesses.forget();`,
    replace: ``,
    test: tests.pin,
    promises: ['a forgotten PIN leads to a new key, while guesses are paused too'],
  },
  {
    what: 'overwrite an entry of the keychain that is still needed',
    file: 'src/core/keys/key-store.ts',
    find: `    const account = isInKeychain ? fresh : (knownAccount ?? fresh);`,
    replace: `    const account = isInKeychain ? (knownAccount ?? fresh) : fresh;`,
    test: tests.pin,
    promises: ['a crash at any step of the choice leaves one protection that opens everything'],
  },
  // Messages of the page of the desktop app, and requests to strongroom serve, that are none.
  {
    what: 'report every message that is no call',
    file: 'src/main/hosts/page-server.ts',
    find: `      reportOnce = undefined;`,
    replace: ``,
    test: tests.connection,
    promises: [
      'main › leaves unanswered what is no call, says so once without a word of it, and goes on',
    ],
  },
  {
    what: 'take a refused input for a failure of its own',
    file: 'src/server/serve/router.ts',
    find: `  const error = isAppError(thrown) ? thrown : fromLibrary(thrown);`,
    replace: `  const error = isAppError(thrown) ? thrown : new AppError('INTERNAL', { cause: thrown });`,
    test: tests.serveFuzz,
    promises: [
      'answers every input of every call, without a value, a stack or a failure of its own',
    ],
  },
  {
    what: 'report the headers of a request that nobody answers',
    file: 'src/main/hosts/serve/host.ts',
    find: `    const route = routes[path] ?? 'other';`,
    replace: `    const route = routes[path] ?? 'other';
    if (route === 'other') this.options.report(JSON.stringify(request.headers));`,
    test: tests.serveFuzz,
    promises: ['survives every request that is none, without a word of it'],
  },
  {
    what: 'store credentials and kept edits as they are',
    file: 'src/core/keys/sealed-store.ts',
    find: `      sealed: this.#envelope.seal(key, this.options.scopeOf(address), value.reveal()),`,
    replace: `      sealed: Buffer.from(value.reveal()),`,
    test: tests.swept,
    promises: [
      'no value and no credential of … is on this computer but in memory, and none after Lock',
    ],
  },
];
