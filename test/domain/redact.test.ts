import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectHost } from '../../src/domain/project/host.ts';
import { redact } from '../../src/domain/redact.ts';
import { redactText } from '../../src/domain/redact-text.ts';

const TOKEN = 'abcdef.0123456789abcdef';
const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----';

/** Reads a path in what redact gave. */
function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((here, key) => (here as Record<string | number, unknown>)[key], value);
}

describe('redact', () => {
  it('drops what nobody reads and keeps the rest', () => {
    const raw = {
      apiVersion: 'v1',
      kind: 'MachineInventory',
      metadata: {
        name: 'h1',
        managedFields: [{ manager: 'x' }],
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', 'baremetal.alauda.io/pool': 'p' },
      },
      spec: { tpmHash: 'aa', count: 3, on: true, none: null, items: ['a'] },
    };
    const before = structuredClone(raw);
    expect(JSON.parse(JSON.stringify(redact(raw)))).toEqual({
      apiVersion: 'v1',
      kind: 'MachineInventory',
      metadata: { name: 'h1', annotations: { 'baremetal.alauda.io/pool': 'p' } },
      spec: { tpmHash: 'aa', count: 3, on: true, none: null, items: ['a'] },
    });
    expect(raw).toEqual(before);
  });

  it('replaces the values of a Secret by their size', () => {
    const data = { plan: Buffer.from('twelve bytes').toString('base64'), empty: '' };
    const shown = redact({ kind: 'Secret', type: 'elemental.cattle.io/plan', data, stringData: { a: 'secret!' } });
    expect(at(shown, 'data', 'plan')).toBe('<redacted, 12 bytes>');
    expect(at(shown, 'data', 'empty')).toBe('<redacted, 0 bytes>');
    expect(at(shown, 'stringData', 'a')).toBe('<redacted, 7 bytes>');
    expect(at(shown, 'type')).toBe('elemental.cattle.io/plan');
  });

  it('knows a Secret from a typed list, which does not say its kind', () => {
    expect(at(redact({ type: 'Opaque', data: { a: 'c2VjcmV0' } }), 'data', 'a')).toBe('<redacted, 6 bytes>');
  });

  it('masks the tokens of registrations and seed images, in fields and in URLs', () => {
    const shown = redact({
      kind: 'SeedImage',
      status: {
        registrationToken: 'tok123',
        downloadToken: 'tok456',
        registrationURL: 'https://h.example/elemental/registration/tok123',
        downloadURL: 'https://h.example/elemental/seedimage/tok456/reg-2026.iso',
        checksumURL: 'https://h.example/other/shape/tok456',
      },
    });
    expect(JSON.stringify(shown)).not.toMatch(/tok123|tok456/);
    expect(at(shown, 'status', 'registrationURL')).toBe('https://h.example/elemental/registration/<redacted>');
    expect(at(shown, 'status', 'downloadURL')).toBe('https://h.example/elemental/seedimage/<redacted>/reg-2026.iso');
    expect(at(shown, 'status', 'checksumURL')).toBe('https://h.example/<redacted>');
  });

  it('hides secrets in cloud-config, files and environments', () => {
    const shown = redact({
      kind: 'KubeadmConfigTemplate',
      spec: {
        certificateKey: 'deadbeef',
        dataSecretName: 'w1',
        discovery: { bootstrapToken: { token: TOKEN, apiServerEndpoint: '10.0.0.1:6443' } },
        files: [
          {
            path: '/etc/plain.conf.d/a.yaml',
            content: `a: 1\npassword: hunter2\nurl: http://u:pw@proxy\n${PEM}\nkubeadm join --token ${TOKEN}`,
          },
          { path: '/root/.kube/kubeconfig', content: 'clusters: []' },
          { path: '/x', encoding: 'base64', content: 'aHVudGVyMg==' },
        ],
        env: [
          { name: 'REGISTRY_PASSWORD', value: 'hunter2' },
          { name: 'MODE', value: 'fast' },
        ],
        'cloud-config': {
          users: [{ name: 'root', passwd: '$6$hunter2' }],
          chpasswd: { list: 'root:hunter2', expire: false },
        },
      },
    });
    const text = JSON.stringify(shown);
    for (const secret of ['hunter2', TOKEN, 'MIIEpAIB', 'deadbeef', 'aHVudGVyMg', 'u:pw@', 'clusters: []'])
      expect(text).not.toContain(secret);
    expect(at(shown, 'spec', 'dataSecretName')).toBe('w1');
    expect(at(shown, 'spec', 'env', 1, 'value')).toBe('fast');
    expect(at(shown, 'spec', 'files', 0, 'content')).toContain('a: 1\npassword: <redacted, 7 bytes>\n');
    expect(at(shown, 'spec', 'discovery', 'bootstrapToken', 'apiServerEndpoint')).toBe('10.0.0.1:6443');
  });

  it('leaves names alone, even those that look like a join token', () => {
    const shown = redact({
      kind: 'Event',
      metadata: { name: 'rack01.18e9eaf1984388c7' },
      message: `joined with ${TOKEN}`,
    });
    expect(at(shown, 'metadata', 'name')).toBe('rack01.18e9eaf1984388c7');
    expect(at(shown, 'message')).toBe('joined with <redacted, 23 bytes>');
  });

  it('takes a key like __proto__ for a key', () => {
    const shown = redact(JSON.parse('{"spec":{"__proto__":{"token":"x"},"a":1}}'));
    expect(Object.keys(at(shown, 'spec') as object)).toEqual(['__proto__', 'a']);
    expect(({} as Record<string, unknown>)['token']).toBeUndefined();
  });

  it('survives anything, clean', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }), (value) => {
        for (const raw of [value, { kind: 'Secret', data: value }, { metadata: value, spec: value }]) {
          // C0 other than the line end, and C1.
          expect(JSON.stringify(redact(raw)) ?? '').not.toMatch(/[\x00-\x1f\x7f-\x9f]|\\u00[01]/);
        }
      }),
      { numRuns: 500 },
    );
    let deep: unknown = 'x';
    for (let index = 0; index < 5_000; index += 1) deep = { a: deep };
    expect(JSON.stringify(redact(deep))).toContain('<too deep to show>');
  });
});

describe('redactText', () => {
  it.each([
    ['token: abc', 'one line alone is prose, and stays', 'token: abc'],
    ['a: b\ntoken: abc', 'a line with a secret key', 'a: b\ntoken: <redacted, 3 bytes>'],
    ['export DB_PASSWORD=abc\nx', 'a shell variable', 'export DB_PASSWORD=<redacted, 3 bytes>\nx'],
    ['client-key-data: abc\nx: 1', 'a kubeconfig', 'client-key-data: <redacted, 3 bytes>\nx: 1'],
    ['secret: |\n  line1\n  line2\nnext: 1', 'a block under a secret key', 'secret: <redacted>\nnext: 1'],
    ['secret:\n  name: a', 'a mapping under such a key', 'secret:\n  name: a'],
    ['{"token":"abc","a":"b"}', 'JSON in a string', '{"token":"<redacted, 3 bytes>","a":"b"}'],
    ['run --password=abc --fast', 'a flag', 'run --password=<redacted, 3 bytes> --fast'],
    ['ssh_authorized_keys:\n- ssh-ed25519 AAAA', 'public keys are public', 'ssh_authorized_keys:\n- ssh-ed25519 AAAA'],
    ['-----BEGIN CERTIFICATE-----\ncut off', 'a PEM block without an end', '<redacted, 35 bytes>'],
  ])('%j: %s', (text, _, shown) => {
    expect(redactText(text)).toBe(shown);
  });
});

describe('what controllers say', () => {
  const condition = (message: string) =>
    projectHost({
      metadata: { name: 'h', uid: 'u' },
      status: { conditions: [{ type: 'Ready', status: 'False', message }] },
    })?.conditions[0]?.message;

  it.each([
    ['kubeadm join --token abcdef.0123456789abcdef failed', /join --token <redacted/],
    ['GET https://user:hunter2@registry.example/v2', /user:<redacted>@registry/],
    ['Authorization: Bearer abcdefghijklmnopqrstuvwxyz', /<redacted, 26 bytes>/],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----', /^<redacted/],
    [`{"password":"${'x'.repeat(900)}`, /"password":"<redacted/],
  ])('loses its secrets before anybody holds it: %s', (message, shown) => {
    const held = condition(message);
    expect(held).toMatch(shown);
    expect(held).not.toMatch(/0123456789abcdef|hunter2|abcdefghijklmnopqrstuvwxyz|MIIabc|xxxxx/);
  });

  it('stays as it is where it holds none', () => {
    const plain = 'Secret prod-kubeconfig not found; waiting for the key of the host dc1-r01-u13';
    expect(condition(plain)).toBe(plain);
  });

  it('costs little however long it is', () => {
    for (const piece of ['-', '--a', 'a: b\n', '"a":"', 'eyJ', '://a:', 'authorization: ', '-----BEGIN A']) {
      const long = `token ${piece.repeat(10_000_000 / piece.length)}`;
      expect(condition(long)?.length).toBeLessThanOrEqual(600);
      expect(
        String((redact({ status: { message: long } }) as { status: { message: string } }).status.message).length,
      ).toBeLessThanOrEqual(65_536);
    }
  });
});

it('finds a flag behind any run of dashes', () => {
  for (const flag of ['--token', '-password', '--certificate-key', '--key', '----token', `${'-'.repeat(500)}secret`])
    expect(redactText(`run ${flag} hunter2 now`)).not.toContain('hunter2');
  expect(redactText('--monkey business')).toBe('--monkey business');
});
