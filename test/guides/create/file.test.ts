/** The file of answers: written, read back, and what is refused in it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Known } from '../../../src/guides/create/known.ts';
import { begin, parseAnswers, readDraft, SCHEMA } from '../../../src/guides/create/parse.ts';
import { QUESTIONS, questionOf } from '../../../src/guides/create/questions/index.ts';
import { validate } from '../../../src/guides/create/rules/index.ts';
import { answersSchema } from '../../../src/guides/create/schema.ts';
import { textOfValue, valueAt, valueOfText } from '../../../src/guides/create/values.ts';
import { takenUp } from '../../../src/guides/create/wish.ts';
import { answersText, withAnswer } from '../../../src/guides/create/write.ts';
import { DRAFT, draftWith, given, HOSTS, KNOWN } from './fixtures.ts';

const read = (text: string) => parseAnswers(`schema: ${SCHEMA}\n${text}`);
const says = (text: string) => read(text).problems.map((problem) => `${problem.path}: ${problem.text}`);

describe('a file of answers', () => {
  it('is read back as it was written', () => {
    expect(parseAnswers(answersText(DRAFT))).toEqual({ given: given(), problems: [] });
  });

  it('asks every question, with the name the document has for it', () => {
    const text = answersText(begin({}));
    for (const { path, placeholder = '' } of QUESTIONS) {
      expect(text).toMatch(new RegExp(`^( *# ?| *)${path.split('.').at(-1)}:`, 'm'));
      expect(text).toContain(placeholder);
    }
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('can be filled in by hand from an empty one: each open answer stands there as a comment that is an answer', () => {
    const empty = answersText(begin({}));
    expect(parseAnswers(empty).problems).toEqual([]);
    const filled = empty.replace(/^( *)# ((?:\w+:| {2}- )(?: ?[^ \n].*)?)$/gm, '$1$2');
    const { given, problems } = parseAnswers(filled);
    expect(problems).toEqual([]);
    for (const { path, optional } of QUESTIONS) {
      if (optional) continue;
      expect([path, valueAt(given as never, path)]).not.toEqual([path, undefined]);
    }
    const { findings } = validate(given, {});
    const wrong = findings.filter(({ severity }) => severity === 'error').map(({ path }) => path);
    expect(wrong).toEqual(['registration.emulatedTpmSeed', 'ssh.authorizedKeys']);
  });

  it('takes any answer one by one, also below a heading that has none yet, and keeps its comments', () => {
    let text = answersText(begin({}));
    for (const { path } of QUESTIONS) {
      const value = valueAt(given() as never, path);
      if (value !== undefined) text = withAnswer(text, path, value);
    }
    expect(parseAnswers(text)).toEqual({ given: given(), problems: [] });
    for (const { path, title } of QUESTIONS) {
      expect(text).toContain(`# ${title.slice(0, 20)}`);
      expect(valueAt(parseAnswers(withAnswer(text, path, undefined)).given as never, path)).not.toBe('');
    }
    for (const odd of ['', '- a', 'x', 'images: 7', 'images: [a]', 'a: [']) withAnswer(odd, 'images.dns', 'v1');
  });

  it('offers networks and an address that nobody known here has, and leaves it to people to take them', () => {
    const draft = begin(KNOWN, { cluster: 'depot' });
    expect(valueAt(draft, 'endpoint.host')).toBeUndefined();
    const text = answersText(draft, KNOWN);
    for (const line of ['host: 10.20.1.253', 'pods: 10.5.0.0/16', 'services: 10.6.0.0/16', 'join: 100.65.0.0/16'])
      expect(text).toContain(`  # ${line}\n`);
    const offered = (path: string, known: Known, more: Record<string, unknown> = {}) =>
      questionOf(path)!.offers!(known, draftWith({ ...more, [path]: undefined })).map(({ value }) => value);
    // Next to the hosts that are named; not what a cluster, a host or another answer has.
    const taken = { ...KNOWN, hosts: HOSTS.map((host, n) => ({ ...host, addresses: [`10.20.1.${253 - n}/24`] })) };
    expect(offered('endpoint.host', taken)).toEqual(['10.20.1.247', '10.20.1.246', '10.20.1.245']);
    expect(offered('endpoint.host', KNOWN, { 'endpoint.type': 'External' })).toEqual([]);
    expect(offered('networks.pods', KNOWN, { 'networks.services': '10.5.0.0/16' })[0]).toBe('10.6.0.0/16');
    const hosts = HOSTS.map((host) => ({ ...host, addresses: ['10.5.9.1/16'] }));
    expect(offered('networks.pods', { ...KNOWN, hosts })[0]).toBe('10.6.0.0/16');
    // What is not known of the clusters cannot be kept clear of.
    for (const path of ['networks.pods', 'endpoint.host']) expect(offered(path, {})).toEqual([]);
  });

  it('begins with what the cluster knows', () => {
    const draft = begin(KNOWN, { cluster: 'depot' });
    expect(valueAt(draft, 'kubernetesVersion')).toBe('v1.33.7-2');
    expect(valueAt(draft, 'registry.address')).toBe('registry.example');
    expect(valueAt(draft, 'images.dns')).toBe('1.12.4-v4.2.7');
    expect(valueAt(draft, 'endpoint.vrid')).toBe(1);
    expect(valueAt(draft, 'iso.baseImage')).toBe(
      'registry.example/tkestack/baremetal-base-image-iso:v0.0.0-beta-1.33.7-2',
    );
  });

  it('asks only what its parts need', () => {
    const text = answersText(begin({}, { cluster: 'depot', parts: ['registration'] }));
    expect(text).toContain('installDevice');
    for (const word of ['vrid', 'pods', 'sshKeys', 'controlPlane:', 'workers:']) expect(text).not.toContain(word);
  });

  it.each([
    ['', 'the file is empty', 'raw'],
    ['- a', 'it must be a mapping of answers', 'raw'],
    ['cluster: depot', `it must say "schema: ${SCHEMA}"`, 'raw'],
    ['a: [', 'Flow sequence', 'raw'],
    ['cluster: 7', 'Name of the cluster must be a text: put it in quotes', 'in'],
    ['clutser: depot', '"clutser" is not known', 'in'],
    ['endpoint: 10.0.0.1', '"endpoint" must hold type, host, port, vrid', 'in'],
    ['endpoint: { vird: 3 }', '"endpoint.vird" is not known', 'in'],
    ['endpoint: { port: "6443" }', 'must be a whole number', 'in'],
    ['profile: soft', 'one of minimal, hardened is wanted', 'in'],
    ['parts: [all]', '"all" is not one of registration, pools, controlPlane, workers', 'in'],
    ['workers: { hosts: [ { serail: A } ] }', 'host 1: "serail" is not one of', 'in'],
    ['workers: { hosts: [ { serial: 12 } ] }', 'host 1: serial must be a text', 'in'],
    ['registration: { reboot: yes please }', 'true or false is wanted', 'in'],
  ])('%j: %s', (text, says_, how) => {
    const { problems } = how === 'raw' ? parseAnswers(text) : read(text);
    expect(problems.map((problem) => problem.text).join('\n')).toContain(says_);
  });

  it('takes hosts as lines and as mappings', () => {
    const { given } = read('workers: { hosts: [ "depot-1 w1", "serial=AB uuid=x w2", { mac: "b4:96:91:0a:0b:0c" } ] }');
    expect(given.workers?.hosts).toEqual([
      { inventory: 'depot-1', hostname: 'w1' },
      { serial: 'AB', uuid: 'x', hostname: 'w2' },
      { mac: 'b4:96:91:0a:0b:0c' },
    ]);
  });

  it('takes no control characters to the screen', () => {
    expect(says('"\\e[31mred": 1').join()).not.toContain('\u001b');
    expect(read('cluster: "de\\e[31mpot"').given.cluster).not.toContain('\u001b');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.stringMatching(/^[-:{}[\]&*!|>'"%@a \n]{0,40}$/)), (text) => {
        parseAnswers(text);
        read(text);
      }),
      { numRuns: 200 },
    );
    expect(parseAnswers('a: &a [1,1]\nb: &b [*a,*a]\n'.repeat(3)).problems).not.toEqual([]);
  });

  it('is described by a schema that knows every question and nothing else', () => {
    const { properties } = answersSchema() as { properties: Record<string, { properties?: Record<string, unknown> }> };
    const paths = Object.entries(properties).flatMap(([bag, one]) =>
      one.properties ? Object.keys(one.properties).map((key) => `${bag}.${key}`) : [bag],
    );
    expect(paths.sort()).toEqual(['schema', ...QUESTIONS.map(({ path }) => path)].sort());
  });
});

describe('a field of the form', () => {
  it('shows what was answered so that it is the same when it is left as it is', () => {
    for (const question of QUESTIONS) {
      const value = valueAt(
        readDraft(draftWith({ 'controlPlane.hosts': [{ serial: 'A', address: '10.0.0.1', hostname: 'x' }] }))
          .given as never,
        question.path,
      );
      const text = textOfValue(value);
      if (value !== undefined) expect(valueOfText(question, text)).toEqual(value);
      else expect(text).toBe('');
    }
  });

  it('keeps what is no number, for a rule to name', () => {
    expect(valueOfText({ kind: 'integer' }, '64a')).toBe('64a');
    expect(readDraft({ endpoint: { vrid: '64a' } }).problems).toEqual([
      { path: 'endpoint.vrid', severity: 'error', text: 'Virtual router id must be a whole number' },
    ]);
  });
});

it.each([
  ['lists in one line', '['.repeat(200_000)],
  ['mappings in one line', '{a: '.repeat(100_000)],
  ['lists by dashes', `- ${'- '.repeat(200_000)}x`],
  ['keys by question marks', '? '.repeat(200_000)],
])('a file of %s without end is refused before it is read', (_what, text) => {
  expect(parseAnswers(text).problems.map((one) => one.text)).toEqual(['it is nested deeper than answers are']);
});

describe('a file that changes while its cluster is made', () => {
  const held = answersText(draftWith({ 'controlPlane.hosts': [] }));
  it('is gone on with where it holds: that is how whoever waits hears of hosts that were named', () => {
    const named = answersText(DRAFT);
    expect(takenUp(held, named, KNOWN)).toBe(named);
  });
  it.each([
    ['half written', held.slice(0, 900)],
    ['empty', ''],
    ['no YAML', '{['],
    ['of another cluster', answersText(draftWith({ cluster: 'annex' }))],
    ['wrong', answersText(draftWith({ 'endpoint.vrid': 300 }))],
  ])('is left as it was where it is %s', (_what, found) => {
    expect(takenUp(held, found, KNOWN)).toBe(held);
  });
});
