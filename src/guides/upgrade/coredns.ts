/**
 * The tags of CoreDNS and etcd from row to row. The control plane's webhook takes a CoreDNS only upwards, and compares
 * without the tag's suffix (v1.10 ValidUpMigration); the matrix itself holds a step down, from v4.2.5 to v4.3.0.
 */
import { compareVersions, type Version, versionOf } from '../../domain/forecast/versions.ts';

const bare = (version: Version): Version => ({ ...version, pre: [], build: [] });

/** An image tag without its suffix: `1.14.2` of `1.14.2-v4.3.4`; undefined where it is no version. */
export function bareTag(tag: string | undefined): string | undefined {
  const version = versionOf(tag);
  return version && `${version.major}.${version.minor}.${version.patch}`;
}

/** Whether a tag stands for a lower version than another, suffixes aside; undefined where that cannot be told. */
export function isLower(to: string | undefined, from: string | undefined): boolean | undefined {
  const [a, b] = [versionOf(to), versionOf(from)];
  return a && b ? compareVersions(bare(a), bare(b)) < 0 : undefined;
}
