/** What is read from a version of Kubernetes, such as `v1.34.5-1`, by whoever behaves otherwise from one minor to the next. */

/** The minor of a version, with or without its `v`; undefined where it is none. */
export function minorOf(version: string | undefined): number | undefined {
  const minor = /^v?\d+\.(\d+)/.exec(version ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
}

/** The last in the order of text of those versions that are other patches of the same minor; undefined where there is none. */
export function otherPatchOf(version: string, versions: readonly string[]): string | undefined {
  const series = `${version.split('.').slice(0, 2).join('.')}.`;
  const others = versions.filter((one) => one.startsWith(series) && one !== version);
  return others.sort().at(-1);
}
