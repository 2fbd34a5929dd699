/**
 * The OS Support Matrix: which versions belong together. A row is a release of the platform; several may bring the same
 * Kubernetes. Source: the provider's documentation, overview/os-support-matrix. `pause` is 3.10 in every row.
 */

import { compareVersions, isKubernetesVersion, versionOf } from './forecast/versions.ts';
import { cleanLine } from './text.ts';

/** What one release of the platform brings. */
export interface MatrixRow {
  /** The release: `v4.3.2`. Names the row. */
  acp: string;
  /** Key of the image catalog: `v1.34.5-3`. */
  kubernetes: string;
  containerd?: string;
  /** Image tag: `1.14.2-v4.3.11`. */
  coredns: string;
  /** Image tag: `v3.5.28-260625`. */
  etcd: string;
  /** Revision of the Kube-OVN chart: `v4.3.11`. */
  kubeOvn: string;
  /** `file`: the user's own, which takes the place of a published one of the same release. */
  source: 'published' | 'file';
}

const row = (acp: string, kubernetes: string, containerd: string, coredns: string, etcd: string, kubeOvn: string) =>
  ({ acp, kubernetes, containerd, coredns, etcd, kubeOvn, source: 'published' }) as const;

/** As published, the oldest first. */
export const PUBLISHED: readonly MatrixRow[] = [
  row('v4.0.9', 'v1.31.14-2', '1.7.23-4', '1.12.4-v4.0.20', 'v3.5.25-251215', 'v4.0.39'),
  row('v4.0.10', 'v1.31.14-2', '1.7.23-4', '1.12.4-v4.0.20', 'v3.5.25-251215', 'v4.0.46'),
  row('v4.0.11', 'v1.31.14-2', '1.7.23-4', '1.12.4-v4.0.20', 'v3.5.25-251215', 'v4.0.47'),
  row('v4.1.0', 'v1.32.7', '1.7.27-4', '1.11.3-v4.1.0', 'v3.5.21', 'v4.1.4'),
  row('v4.1.1', 'v1.32.7', '1.7.27-4', '1.11.3-v4.1.0', 'v3.5.21', 'v4.1.5'),
  row('v4.1.2', 'v1.32.7', '1.7.27-4', '1.11.3-v4.1.0', 'v3.5.21', 'v4.1.9'),
  row('v4.1.3', 'v1.32.7', '1.7.27-4', '1.12.4-v4.1.2', 'v3.5.21', 'v4.1.11'),
  row('v4.1.5', 'v1.32.11-2', '1.7.27-4', '1.12.4-v4.1.5', 'v3.5.25-251215', 'v4.1.25'),
  row('v4.1.6', 'v1.32.11-2', '1.7.27-4', '1.12.4-v4.1.5', 'v3.5.25-251215', 'v4.1.32'),
  row('v4.2.0', 'v1.33.6', '1.7.27-4', '1.12.4-v4.2.3', 'v3.5.21-251117', 'v4.2.6'),
  row('v4.2.1', 'v1.33.7-1', '1.7.29-4', '1.12.4-v4.2.4', 'v3.5.25-251215', 'v4.2.15'),
  row('v4.2.2', 'v1.33.7-2', '1.7.29-4', '1.12.4-v4.2.7', 'v3.5.25-251215', 'v4.2.24'),
  row('v4.2.3', 'v1.33.7-3', '1.7.29-4', '1.12.4-v4.2.8', 'v3.5.27-260305', 'v4.2.26'),
  row('v4.2.4', 'v1.33.7-3', '1.7.29-4', '1.12.4-v4.2.8', 'v3.5.27-260305', 'v4.2.26'),
  row('v4.2.5', 'v1.33.7-4', '1.7.29-4', '1.14.3-v4.2.11', 'v3.5.28-260421', 'v4.2.33'),
  row('v4.3.0', 'v1.34.5', '2.2.1-5', '1.14.2-v4.3.4', 'v3.5.28-260325', 'v4.3.3'),
  row('v4.3.1', 'v1.34.5-1', '2.2.1-5', '1.14.2-v4.3.9', 'v3.5.28-260421', 'v4.3.5'),
  row('v4.3.2', 'v1.34.5-3', '2.2.1-5', '1.14.2-v4.3.11', 'v3.5.28-260625', 'v4.3.11'),
  row('v4.4.0', 'v1.35.6-acp.1', '2.2.6-3', '1.14.3-v4.4.6', 'v3.6.13-acp.0', 'v4.4.1'),
];

/** Releases of the platform in their order: by the minor of Kubernetes first, which alone decides about hops. */
export function inOrder(rows: readonly MatrixRow[]): MatrixRow[] {
  const parts = (row: MatrixRow) => [versionOf(row.kubernetes), versionOf(row.acp)] as const;
  return [...rows].sort((a, b) => {
    const [[kubeA, acpA], [kubeB, acpB]] = [parts(a), parts(b)];
    const minor = kubeA && kubeB ? kubeA.major - kubeB.major || kubeA.minor - kubeB.minor : 0;
    return minor || (acpA && acpB ? compareVersions(acpA, acpB) : 0);
  });
}

const FIELDS = ['acp', 'kubernetes', 'containerd', 'coredns', 'etcd', 'kubeOvn'] as const;
const LEFT_OUT = 'containerd';
/** An image tag or chart revision. */
const TAG = /^[A-Za-z0-9_][\w.-]{0,127}$/;

function rowProblem(value: unknown, where: string): MatrixRow | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${where} must be a mapping`;
  const given = value as Record<string, unknown>;
  const odd = Object.keys(given).find((key) => !(FIELDS as readonly string[]).includes(key));
  if (odd !== undefined) return `${where} has a field ${cleanLine(odd, 40)}, which is not one of ${FIELDS.join(', ')}`;
  const texts: Record<string, string> = {};
  for (const field of FIELDS) {
    const text = Object.hasOwn(given, field) ? given[field] : undefined;
    if (text === undefined && field === LEFT_OUT) continue;
    if (text === undefined) return `${where} lacks ${field}`;
    if (typeof text !== 'string') return `${where}: ${field} must be a text, in quotes where it looks like a number`;
    if (!TAG.test(text)) return `${where}: ${field} "${cleanLine(text, 40)}" is not a tag`;
    texts[field] = text;
  }
  const { acp = '', kubernetes = '', containerd, coredns = '', etcd = '', kubeOvn = '' } = texts;
  if (!isKubernetesVersion(kubernetes)) {
    return `${where}: kubernetes "${cleanLine(kubernetes, 40)}" is not a Kubernetes version such as v1.34.5-3`;
  }
  for (const [field, text] of Object.entries({ acp, coredns, etcd, kubeOvn })) {
    if (!versionOf(text)) return `${where}: ${field} "${cleanLine(text, 40)}" is not a version`;
  }
  return {
    acp,
    kubernetes,
    ...(containerd === undefined ? {} : { containerd }),
    coredns,
    etcd,
    kubeOvn,
    source: 'file',
  };
}

/**
 * The published rows with those of the user's file, `{rows: [{acp, kubernetes, containerd?, coredns, etcd, kubeOvn}]}`,
 * in their place. Gives one sentence where the file's content is not that.
 */
export function matrixWith(content: unknown): readonly MatrixRow[] | string {
  if (content === null || content === undefined) return PUBLISHED;
  if (typeof content !== 'object' || Array.isArray(content)) return 'it must be a mapping with rows';
  const odd = Object.keys(content).find((key) => key !== 'rows');
  if (odd !== undefined) return `${cleanLine(odd, 40)} is not known: it may hold rows only`;
  const { rows = [] } = content as { rows?: unknown };
  if (!Array.isArray(rows)) return 'rows must be a list';
  const own: MatrixRow[] = [];
  for (const [at, value] of rows.entries()) {
    const found = rowProblem(value, `row ${at + 1}`);
    if (typeof found === 'string') return found;
    if (own.some(({ acp }) => acp === found.acp)) return `row ${at + 1}: ${found.acp} is there twice`;
    own.push(found);
  }
  const names = new Set(own.map(({ acp }) => acp));
  return inOrder([...PUBLISHED.filter(({ acp }) => !names.has(acp)), ...own]);
}
