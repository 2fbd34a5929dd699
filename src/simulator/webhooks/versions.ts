/** Versions of Kubernetes and CoreDNS as Cluster API's webhooks read them. */

const semantic = /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

/** Whether a text is a Kubernetes version: `v1.34.5-3`, `v1.35.6-acp.1`. The defaulting webhook adds a missing `v`. */
export function isKubernetesVersion(text: string): boolean {
  return text.startsWith('v') && semantic.test(text);
}

/** `v1.34` written with its `v`; anything else stays as it is. */
export function withV(version: string | undefined): string | undefined {
  return version && !version.startsWith('v') ? `v${version}` : version;
}

/** Major, minor and patch; undefined where the text is no version. */
export function partsOf(text: string | undefined): [number, number, number] | undefined {
  const match = semantic.exec(text ?? '');
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined;
}

/** The CoreDNS versions the control plane's migration knows, in order; upwards only. Newer than upstream's, which ends at 1.12.1: the platform's own images need it. */
const coreDns = [
  ...['1.1.3', '1.1.4', '1.2.0', '1.2.1', '1.2.2', '1.2.3', '1.2.4', '1.2.5', '1.2.6', '1.3.0', '1.3.1', '1.4.0'],
  ...['1.5.0', '1.5.1', '1.5.2', '1.6.0', '1.6.1', '1.6.2', '1.6.3', '1.6.4', '1.6.5', '1.6.6', '1.6.7', '1.6.9'],
  ...['1.7.0', '1.7.1', '1.8.0', '1.8.3', '1.8.4', '1.8.5', '1.8.6', '1.8.7', '1.9.0', '1.9.1', '1.9.2', '1.9.3'],
  ...['1.9.4', '1.10.0', '1.10.1', '1.11.0', '1.11.1', '1.11.3', '1.12.0', '1.12.1', '1.12.2', '1.12.3', '1.12.4'],
  ...['1.13.0', '1.13.1', '1.13.2', '1.14.0', '1.14.1', '1.14.2', '1.14.3'],
];

/** A CoreDNS image tag without its suffix: `1.14.2` of `1.14.2-v4.3.4`; undefined where it is no version. */
export function coreDnsOf(tag: string): string | undefined {
  const parts = partsOf(tag);
  return parts?.join('.');
}

/**
 * Why CoreDNS cannot be migrated from one version up to another; undefined where it can, or stays as it is. `newest` is the
 * last version that is known, where not all of them are.
 */
export function migrationProblem(from: string, to: string, newest?: string): string | undefined {
  if (from === to) return undefined;
  const known = newest === undefined ? coreDns : coreDns.slice(0, coreDns.indexOf(newest) + 1);
  const start = known.indexOf(from);
  const target = known.indexOf(to);
  if (start < 0) return `start version '${from}' not supported`;
  if (target < 0) return `target version '${to}' not supported`;
  return target < start ? `'${to}' is not a valid up migration from '${from}'` : undefined;
}
