/** What a plan Secret tells of what its instructions printed: the agent's encodings, its leftovers, and no secrets. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOutput } from '../../src/domain/output/decode.ts';
import { planDetailOf } from '../../src/domain/output/last-words.ts';
import { outputLines } from '../../src/domain/output/lines.ts';
import { UNPACKED_CAP, unpack } from '../../src/domain/output/unpack.ts';
import { isClean } from '../../src/domain/text.ts';

const b64 = (value: string | Buffer) => Buffer.from(value).toString('base64');
const packed = (outputs: Record<string, string>) =>
  gzipSync(JSON.stringify(Object.fromEntries(Object.entries(outputs).map(([name, text]) => [name, b64(text)]))));

const PLAN = {
  files: [{ path: '/oem/90.yaml', content: b64('#cloud-config\nsome: file-with-a-secret-line-of-its-own\n') }],
  instructions: [
    { name: 'prepare', command: '/bin/sh', args: [], saveOutput: true },
    { name: 'install', command: '/bin/sh', args: [], saveOutput: true, env: ['REGISTRY_PASSWORD=hunter2hunter2'] },
    { name: 'quiet', command: '/bin/sh', args: [] },
    { name: 'reboot', command: '/bin/sh', args: [], saveOutput: true },
  ],
  periodicInstructions: [{ name: 'heartbeat', periodSeconds: 600 }],
};

function secret(data: Record<string, string | Buffer>, plan: unknown = PLAN) {
  const text = `${JSON.stringify(plan)}\n`;
  const sum = createHash('sha256').update(text).digest('hex');
  const entries = Object.entries(data).map(([key, value]) => [key, b64(value === '<sum>' ? sum : value)]);
  return {
    metadata: { name: 'rack1-u01', annotations: { 'baremetal.alauda.io/plan.type': 'reprovision' } },
    data: { plan: b64(text), ...Object.fromEntries(entries) },
  };
}

const byName = (output: ReturnType<typeof decodeOutput>) =>
  Object.fromEntries(output.instructions.map((each) => [each.name, each]));

describe('a failed plan', () => {
  const output = decodeOutput(
    secret({
      'failed-checksum': '<sum>',
      'failure-count': '2',
      'max-failures': '3',
      'last-apply-time': 'Sat Nov 21 02:59:50 UTC 2026',
      'failed-output': packed({ prepare: 'ready\n', install: '\u001b[31mno space\u001b[0m left\n', gone: 'old\n' }),
      'applied-output': packed({ reboot: 'rebooting for the plan before\n', older: 'older\n' }),
    }),
  );

  it('names the instruction that failed, and what came before and after it', () => {
    expect(output.failing).toBe('install');
    expect(output.instructions.filter(({ place }) => place).map(({ name, state }) => [name, state])).toEqual([
      ['prepare', 'done'],
      ['install', 'failed'],
      ['quiet', 'not run'],
      ['reboot', 'not run'],
    ]);
  });

  it('shows what it printed without escapes', () => {
    expect(byName(output)['install']?.lines).toEqual(['no space left']);
  });

  it('says of what earlier plans left in the map that it is theirs, also under a name of the present plan', () => {
    expect(byName(output)).toMatchObject({
      prepare: { earlier: false },
      reboot: { earlier: true, lines: ['rebooting for the plan before'] },
      gone: { earlier: true },
      older: { earlier: true },
    });
  });

  it('knows when the agent tries again: thirty seconds after the last time, while tries are left', () => {
    expect(output.state.word).toBe('retrying');
    expect(output.coolsUntil).toBe(Date.parse('2026-11-21T03:00:20Z'));
    const last = decodeOutput(secret({ 'failed-checksum': '<sum>', 'failure-count': '3', 'max-failures': '3' }));
    expect(last).toMatchObject({ state: { word: 'failed' }, coolsUntil: undefined });
  });
});

it.each([
  ['after its Secret was made', '2026-11-21T02:50:00Z', true],
  ['with its Secret, which was there before the plan', '2026-10-15T08:00:00Z', false],
  ['a second after it', '2026-10-15T08:00:01Z', false],
])('tells when it was written, where that was noted %s: %s', (_, noted, told) => {
  const plain = secret({ 'failed-checksum': '<sum>', 'last-apply-time': 'Sat Nov 21 02:59:50 UTC 2026' });
  const managedFields = [{ manager: 'manager', time: noted, fieldsV1: { 'f:data': { 'f:plan': {} } } }];
  const output = decodeOutput({
    ...plain,
    metadata: { ...plain.metadata, creationTimestamp: '2026-10-15T08:00:00Z', managedFields },
  });
  expect(output.writtenAt).toBe(told ? Date.parse(noted) : undefined);
  const lines = outputLines(output).map(({ id }) => id);
  expect(lines.includes('written')).toBe(told);
  expect(lines.includes('elapsed')).toBe(told);
  expect(lines).toContain('last');
});

it('takes outputs for those of an earlier plan until the present one has run', () => {
  const output = decodeOutput(
    secret({ 'applied-checksum': 'of another plan', 'applied-output': packed({ prepare: 'then\n' }) }),
  );
  expect(byName(output)['prepare']).toMatchObject({ earlier: true, state: 'unknown', lines: ['then'] });
});

it('reads an applied plan, its periodic outputs and its probes', () => {
  const output = decodeOutput(
    secret({
      'applied-checksum': '<sum>',
      'applied-output': packed({ prepare: 'ready\n' }),
      'applied-periodic-output': gzipSync(
        JSON.stringify({
          heartbeat: { name: 'heartbeat', stdout: b64('beat\n'), stderr: b64('late\n'), exitCode: 1, failures: 4 },
        }),
      ),
      'probe-statuses': JSON.stringify({ kubelet: { healthy: true, successCount: 7 } }),
    }),
  );
  expect(byName(output)['prepare']).toMatchObject({ state: 'done', earlier: false, lines: ['ready'] });
  expect(output.periodic).toMatchObject([
    { name: 'heartbeat', current: true, exitCode: 1, failures: 4, stdout: ['beat'], stderr: ['late'] },
  ]);
  expect(output.probes).toEqual([{ name: 'kubelet', healthy: true, successes: 7, failures: undefined }]);
  expect(output.notes).toEqual([]);
});

describe('what a failed plan said last', () => {
  const said = (printed: string, more: Record<string, string> = {}) =>
    planDetailOf(
      secret({
        'failed-checksum': '<sum>',
        'failed-output': packed({ prepare: 'error: of before\n', install: printed }),
        ...more,
      }),
    ).said;

  it.each([
    [
      'INFO Starting\nERROR write /.snapshots/2: no space left on device\n',
      'write /.snapshots/2: no space left on device',
    ],
    ['failed to pull image\nINFO cleaning up\n\n', 'failed to pull image'],
    ['time="2026-11-21T02:00:00Z" level=fatal msg="connect: \\"sock\\" refused"\n', 'connect: "sock" refused'],
    ['one\nthe last\n', 'the last'],
    ['\u001b[31mERROR\u001b[0m disk is gone\n', 'disk is gone'],
    ['', undefined],
  ])('%j', (printed, line) => {
    expect(said(printed)).toBe(line);
  });

  it('is not what it printed when it had not failed, nor for another plan', () => {
    expect(said('error\n', { 'failed-checksum': 'of another plan' })).toBeUndefined();
  });

  it('never holds a secret', () => {
    expect(said('error: token abcdef.0123456789abcdef refused\n')).not.toContain('0123456789abcdef');
    expect(said(`error ${'x'.repeat(100_000)}\n`)?.length).toBeLessThan(200);
  });
});

describe('the newer agent', () => {
  it('counts the instructions that are through: the next one is what failed', () => {
    const made = secret({ 'plan-state': 'failed', 'failed-output': packed({ prepare: 'a', install: 'b' }) });
    const sum = createHash('sha256')
      .update(`${JSON.stringify(PLAN)}\n`)
      .digest('hex');
    const checkpoint = b64(JSON.stringify({ checksum: sum, completedInstructions: 2, totalInstructions: 4 }));
    const output = decodeOutput({ ...made, data: { ...made.data, 'plan-checkpoint': checkpoint } });
    expect(output).toMatchObject({ failing: 'quiet', completed: 2, state: { word: 'failed', source: 'agent' } });
  });

  it('needs no checksum for a plan that succeeded', () => {
    const output = decodeOutput(secret({ 'plan-state': 'succeeded', 'applied-output': packed({ prepare: 'ok' }) }));
    expect(byName(output)['prepare']).toMatchObject({ state: 'done', earlier: false });
  });
});

describe('hostile or broken data', () => {
  const of = (bytes: Buffer | string, key = 'failed-output') =>
    decodeOutput(secret({ 'failed-checksum': '<sum>', [key]: bytes }));

  it('stops unpacking a gzip bomb, and shows the beginning of what is in it', () => {
    const bomb = packed({ install: `it begins\n${'x\n'.repeat(30_000_000)}` });
    expect(bomb.length).toBeLessThan(1024 * 1024);
    const output = of(bomb);
    expect(output.notes[0]).toMatch(/unpack to more than 4(\.0)? MiB: only the beginning/);
    const install = byName(output)['install'];
    expect(install?.lines?.[0]).toBe('it begins');
    expect(install?.lines?.length).toBeLessThan(6_000);
    expect(install?.note).toMatch(/left out.*the end is missing/);
    expect(unpack(bomb).text.length).toBeLessThanOrEqual(UNPACKED_CAP);
  });

  it('shows what a torn stream still holds', () => {
    const random = Array.from({ length: 4000 }, (_, at) => createHash('sha1').update(`${at}`).digest('hex')).join('\n');
    const whole = packed({ install: random });
    const output = of(whole.subarray(0, whole.length - 2000));
    expect(output.notes[0]).toMatch(/damaged or cut short/);
    expect(byName(output)['install']?.lines?.length).toBeGreaterThan(100);
  });

  it.each([
    ['not gzip', Buffer.from([1, 2, 3, 0, 0, 255]), /6 bytes of binary data, not gzip/],
    ['text', 'hello there', /11 bytes of text, not gzip/],
    ['no map', gzipSync('[1,2]'), /no map of outputs/],
  ])('says what undecodable bytes are and how large: %s', (_, bytes, says) => {
    expect(of(bytes).notes.join()).toMatch(says);
  });

  it('says of binary output and of what is not base64 what it is', () => {
    const output = of(gzipSync(JSON.stringify({ prepare: b64(Buffer.alloc(300, 1)), install: '%%%' })));
    expect(byName(output)['prepare']).toMatchObject({ lines: [], note: '300 bytes of binary data: not shown' });
    expect(byName(output)['install']?.note).toMatch(/not base64/);
  });

  it('stays quick on lines made to make patterns slow', () => {
    const evil = [
      '-'.repeat(200_000),
      '-a'.repeat(100_000),
      'eyJ'.repeat(60_000),
      'A'.repeat(15).concat('\n').repeat(20_000),
    ];
    for (const text of evil) expect(byName(of(packed({ install: text })))['install']?.lines?.length).toBeGreaterThan(0);
  });

  it('never throws and never lets an escape through, whatever the Secret is', () => {
    const key = fc.constantFrom(
      'plan',
      'applied-output',
      'failed-output',
      'applied-periodic-output',
      'probe-statuses',
      'plan-checkpoint',
      'failed-checksum',
    );
    const value = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => b64(text)),
      fc
        .dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }).map(b64))
        .map((map) => b64(gzipSync(JSON.stringify(map)))),
      fc.json().map((text) => b64(text)),
      fc.anything(),
    );
    fc.assert(
      fc.property(fc.dictionary(key, value), (data) => {
        const output = decodeOutput({ metadata: { name: 'h' }, data });
        for (const one of output.instructions) {
          for (const line of [one.name, ...(one.lines ?? [])]) expect(isClean(line)).toBe(true);
        }
        for (const note of output.notes) expect(note).toMatch(/\d/);
      }),
      { numRuns: 200 },
    );
  });
});

describe('secrets in what was printed', () => {
  const shown = (text: string) => {
    const output = decodeOutput(secret({ 'failed-checksum': '<sum>', 'failed-output': packed({ install: text }) }));
    return byName(output)['install']?.lines?.join('\n') ?? '';
  };
  const key = 'MIIEpAIBAAKCAQEAx9Vq0y2oDc1LrC8p8yZ4p1Y1b0Zz3mJ7Q2hKfE5sW6tX7uYv';

  it.each([
    ['a join token with colours', 'token: \u001b[36mabcdef.0123456789abcdef\u001b[0m', 'abcdef.0123456789abcdef'],
    ['a join token with an invisible character', 'abcdef.01234567\u200b89abcdef', '89abcdef'],
    ['a private key', `-----BEGIN RSA PRIVATE KEY-----\n${key}\n-----END RSA PRIVATE KEY-----`, key],
    ['the rest of a key', `${key}\n${key}\n-----END RSA PRIVATE KEY-----`, key],
    ['a certificate in base64', `data ${b64(`-----BEGIN CERTIFICATE-----\n${key}`)}`, b64(key).slice(4, 40)],
    ['a bearer token', 'Authorization: Bearer abcdefghijklmnop', 'abcdefghijklmnop'],
    ['a signed token', 'got eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2lnbmF0dXJl now', 'c2lnbmF0dXJl'],
    ['a certificate key', `Using certificate key:\n${'ab12'.repeat(16)}`, 'ab12ab12'],
    ['a password on a command line', 'login --password hunter3hunter3', 'hunter3hunter3'],
    [
      'user-data',
      '#cloud-config\nwrite_files:\n- path: /x\n  content: plainwords\nruncmd:\n- echo plainwords',
      'plainwords',
    ],
    ['a line of a file of the plan', '+ cat\nsome: file-with-a-secret-line-of-its-own', 'of-its-own'],
    ['a variable of an instruction', 'login as x with hunter2hunter2!', 'hunter2hunter2'],
  ])('are not shown: %s', (_, text, hidden) => {
    expect(shown(`before\n${text}\nkubeadm failed: after`)).not.toContain(hidden);
    expect(shown(`before\n${text}\nkubeadm failed: after`)).toMatch(
      /^before\n[\s\S]*redacted[\s\S]*\nkubeadm failed: after$/,
    );
  });

  it.each([
    ['a digest', `Digest: sha256:${'ab12'.repeat(16)}`],
    ['a container id', 'ab12'.repeat(16)],
    ['a hash of the join command', `--discovery-token-ca-cert-hash sha256:${'ab12'.repeat(16)}`],
    ['prose', 'basic authentication failed: invalid bearer authentication'],
  ])('are told from what only looks like them: %s', (_, text) => {
    expect(shown(text)).toBe(text);
  });
});
