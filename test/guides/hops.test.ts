/** The support matrix, versions as Cluster API orders them, and the way from one row to another. */
import { describe, expect, it } from 'vitest';
import { compareVersions, isKubernetesVersion, versionOf } from '../../src/domain/forecast/versions.ts';
import { matrixWith, PUBLISHED } from '../../src/domain/matrix.ts';
import { hopsTo, rowNamed, type Start } from '../../src/guides/upgrade/hops.ts';

describe('versions', () => {
  it.each([
    ['v1.34.5-3', 'v1.34.5-1', 1],
    ['v1.34.5-10', 'v1.34.5-9', 1],
    // A build of the platform is a prerelease to Cluster API.
    ['v1.34.5-3', 'v1.34.5', -1],
    ['v1.34.6', 'v1.34.5-3', 1],
    ['v1.35.6-acp.1', 'v1.35.6-acp.2', -1],
    ['v1.35.6-acp.1', 'v1.35.6-acp', 1],
    ['v1.35.6-acp.1', 'v1.35.6-3', 1],
    ['v1.34.5+a.1', 'v1.34.5+a.2', -1],
    ['v1.34.5', 'v1.34.5', 0],
    ['v1.33.7', 'v1.34.5', -1],
  ])('%s against %s is %i', (a, b, sign) => {
    expect(Math.sign(compareVersions(versionOf(a)!, versionOf(b)!))).toBe(sign);
    expect(Math.sign(compareVersions(versionOf(b)!, versionOf(a)!))).toBe(-sign || 0);
  });

  it.each(['1.34.5', 'v1.34', 'v1.34.x', 'latest', '', 'v01.2.3', `v1.2.3-${'a'.repeat(200)}`])(
    'takes %s for none',
    (text) => {
      expect(isKubernetesVersion(text)).toBe(false);
    },
  );
});

const all = () => true;
const from = (kubernetes: string, coredns?: string): Start => ({ kubernetes, ...(coredns ? { coredns } : {}) });
const way = (start: Start, to: string, chosen: string[] = [], has: (version: string) => boolean = all) => {
  const rows = chosen.map((name) => rowNamed(PUBLISHED, name)!);
  const hops = hopsTo(PUBLISHED, start, rowNamed(PUBLISHED, to)!, rows, has);
  return typeof hops === 'string' ? hops : hops.map(({ row }) => row.acp).join(' ');
};

describe('hops', () => {
  it.each<[string, string, string]>([
    ['one minor', way(from('v1.33.7-3', '1.12.4-v4.2.8'), 'v1.34.5-3'), 'v4.3.2'],
    ['a patch of the same minor', way(from('v1.34.5', '1.14.2-v4.3.4'), 'v1.34.5-3'), 'v4.3.2'],
    ['where it is already', way(from('v1.34.5-3', '1.14.2-v4.3.11'), 'v1.34.5-3'), 'v4.3.2'],
    // v4.2.5 has a CoreDNS newer than any of v4.3: the row before it is gone over.
    ['three, past the CoreDNS trap', way(from('v1.32.11-2', '1.12.4-v4.1.5'), 'v1.35.6-acp.1'), 'v4.2.4 v4.3.2 v4.4.0'],
    ['from the oldest', way(from('v1.31.14-2', '1.12.4-v4.0.20'), 'v4.3.0'), 'v4.1.6 v4.2.4 v4.3.0'],
    ['into the trap where it is chosen', way(from('v1.32.7', '1.12.4-v4.1.2'), 'v1.34.5', ['v4.2.5']), 'v4.2.5 v4.3.0'],
    ['over a patch first', way(from('v1.33.7-2', '1.12.4-v4.2.7'), 'v1.34.5', ['v4.2.4']), 'v4.2.4 v4.3.0'],
    ['over a patch within a minor', way(from('v1.34.5'), 'v1.34.5-3', ['v4.3.1']), 'v4.3.1 v4.3.2'],
    [
      'over what does not lie between',
      way(from('v1.33.7-2'), 'v1.34.5', ['v4.4.0']),
      'v4.4.0 (v1.35.6-acp.1) does not lie between v1.33.7-2 and v1.34.5',
    ],
    [
      'over another row of the target minor',
      way(from('v1.33.7-2'), 'v1.34.5', ['v4.3.2']),
      'v4.3.2 (v1.34.5-3) does not lie between v1.33.7-2 and v1.34.5',
    ],
    [
      'past images that are missing',
      way(from('v1.32.7', '1.12.4-v4.1.2'), 'v1.34.5', [], (v) => v !== 'v1.33.7-3'),
      'v4.2.2 v4.3.0',
    ],
    [
      'down',
      way(from('v1.34.5'), 'v1.33.7-4'),
      'v1.33.7-4 is older than v1.34.5: Kubernetes is never taken back a minor',
    ],
    [
      'two rows of one minor',
      way(from('v1.32.7'), 'v1.34.5', ['v4.2.1', 'v4.2.2']),
      'v4.2.1 and v4.2.2 are of the same minor',
    ],
    [
      'from what is no version',
      way(from('latest'), 'v1.34.5'),
      'from latest to v1.34.5 there is no way by minor versions',
    ],
  ])('%s', (_name, found, expected) => expect(found).toBe(expected));

  it('names the minor that the matrix lacks', () => {
    const rows = PUBLISHED.filter(({ acp }) => !acp.startsWith('v4.2'));
    expect(hopsTo(rows, from('v1.32.7'), rowNamed(rows, 'v1.34.5')!, [], all)).toBe(
      'the support matrix has no row of v1.33, which must be passed',
    );
  });
});

describe("the user's rows", () => {
  const row = {
    acp: 'v4.4.1',
    kubernetes: 'v1.35.7-acp.1',
    coredns: '1.14.3-v4.4.8',
    etcd: 'v3.6.13-acp.1',
    kubeOvn: 'v4.4.3',
  };

  it('come in their order, and take the place of published ones', () => {
    const rows = matrixWith({ rows: [row, { ...row, acp: 'v4.0.9', kubernetes: 'v1.31.14-3', coredns: '1.12.4' }] });
    if (typeof rows === 'string') throw new Error(rows);
    expect(rows.at(-1)).toEqual({ ...row, source: 'file' });
    expect(rows[0]).toMatchObject({ acp: 'v4.0.9', kubernetes: 'v1.31.14-3', source: 'file' });
    expect(rows).toHaveLength(PUBLISHED.length + 1);
  });

  it.each<[unknown, string]>([
    [[], 'it must be a mapping with rows'],
    [{ row: [] }, 'row is not known: it may hold rows only'],
    [{ rows: {} }, 'rows must be a list'],
    [{ rows: [7] }, 'row 1 must be a mapping'],
    [{ rows: [{ ...row, etcd: undefined }] }, 'row 1 lacks etcd'],
    [{ rows: [{ ...row, etcd: 3.5 }] }, 'row 1: etcd must be a text, in quotes where it looks like a number'],
    [
      { rows: [{ ...row, kubernetes: '1.35.7' }] },
      'row 1: kubernetes "1.35.7" is not a Kubernetes version such as v1.34.5-3',
    ],
    [{ rows: [{ ...row, coredns: '\u001b[31ma b' }] }, 'row 1: coredns "a b" is not a tag'],
    [
      { rows: [{ ...row, pause: '3.10' }] },
      'row 1 has a field pause, which is not one of acp, kubernetes, containerd, coredns, etcd, kubeOvn',
    ],
    [{ rows: [row, row] }, 'row 2: v4.4.1 is there twice'],
  ])('%j: %s', (content, problem) => expect(matrixWith(content)).toBe(problem));

  it('leave the published ones where there are none', () => {
    expect(matrixWith(undefined)).toBe(PUBLISHED);
    expect(matrixWith({})).toEqual(PUBLISHED);
  });
});
