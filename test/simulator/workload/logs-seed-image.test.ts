/** What the containers of a Pod that builds an ISO have written. */
import { describe, expect, it } from 'vitest';
import { podStatus } from '../../../src/simulator/controllers/elemental/seedimage.ts';
import { seedImageObjects } from '../../../src/simulator/controllers/elemental/seedimage-objects.ts';
import { componentLogs } from '../../../src/simulator/workload/logs.ts';
import { machineRegistration, seedImage } from '../../../src/simulator/world/onboarding.ts';

const begun = '2026-11-29T11:30:00Z';
const built = '2026-11-29T11:32:30Z';
const now = Date.parse('2026-11-29T11:40:00Z');
const iso = 'prod-registration-2026-11-29T11:30:00Z.iso';

/** The lines of a container, as of a moment, of a Pod whose build came to `phase`. */
function told(
  container: string,
  phase: 'Pending' | 'Running' | 'Failed' = 'Running',
  at = now,
  baseImage?: string,
  end = built,
) {
  const image = seedImage('prod', 'v1.33.7-2');
  if (baseImage !== undefined) image.spec!.baseImage = baseImage;
  const registration = machineRegistration('prod', 'rack');
  const { pod, config } = seedImageObjects(image, registration, Date.parse(begun));
  for (const { metadata } of [pod, config]) Object.assign(metadata, { namespace: 'cpaas-system', uid: 'u-1' });
  pod.status = podStatus(phase, phase === 'Pending' ? begun : end, begun, baseImage === '' ? 1 : 66);
  const objects = (plural: string) => (plural === 'configmaps' ? [config] : []) as never;
  const question = {
    pod: pod as never,
    container,
    now: at,
    revision: 1,
    revisionAt: () => 1,
    events: () => [],
    objects,
  };
  const lines = componentLogs(question);
  expect(componentLogs(question)).toEqual(lines);
  return lines;
}
const texts = (...asked: Parameters<typeof told>) => told(...asked).map(({ text }) => text);

describe('the log of a Pod that builds an ISO', () => {
  it('tells what elemental fetches', () => {
    const said = texts('baseiso');
    expect(said[0]).toMatch(/INFO.*\[2026-11-29T11:30:00Z\] Starting elemental version v2/);
    expect(said.at(-1)).toMatch(/Pulling image \S+\/baremetal-base-image-iso:\S+ platform linux\/amd64/);
    expect(texts('baseiso', 'Pending')).toEqual(said);
  });

  it('tells how xorriso packs it, within the time of its container', () => {
    const said = texts('build');
    expect(said[0]).toMatch(/^xorriso 1\.5/);
    expect(said).toContain(`Drive current: -outdev '/iso/${iso}'`);
    expect(said).toContain(
      "Added to ISO image: file '/livecd-cloud-config.yaml'='/overlay/reg/livecd-cloud-config.yaml'",
    );
    const shares = said.flatMap((text) => /Writing: +\d+s +([\d.]+)%/.exec(text)?.slice(1).map(Number) ?? []);
    expect(shares.length).toBeGreaterThan(4);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeLessThan(100);
    expect(said.at(-2)).toBe(`Writing to '/iso/${iso}' completed successfully.`);
    const times = told('build').map(({ at }) => at);
    expect(times[0]).toBeGreaterThanOrEqual(Date.parse(built) - 9000);
    expect(times.at(-1)).toBeLessThanOrEqual(Date.parse(built));
  });

  it('tells that it is served, and until when', () => {
    const said = texts('serve');
    expect(said).toEqual([
      `2026/11/29 11:32:30 Serving '${iso}' on port 80`,
      '2026/11/29 11:32:30 Deadline set to 7200 seconds',
    ]);
    expect(texts('serve', 'Running', now + 7_200_000).at(-1)).toMatch(/ 13:32:30 Deadline reached/);
  });

  it.each([begun, '2026-11-29T11:30:02Z'])('tells all of it of a build that is played fast, until %s', (end) => {
    const fast = (container: string, phase: 'Running' | 'Failed') => texts(container, phase, now, undefined, end);
    expect(fast('baseiso', 'Running').at(-1)).toContain('Pulling image');
    expect(fast('baseiso', 'Failed').at(-1)).toContain('ERRO');
    expect(fast('build', 'Running').at(-2)).toContain('completed successfully');
  });

  it('ends with why its base image did not come, and nothing was packed', () => {
    const said = told('baseiso', 'Failed');
    expect(said.at(-1)!.text).toMatch(/ERRO.*Get "https:\/\/[^/]+\/v2\/": net\/http: TLS handshake timeout/);
    expect(said.at(-1)!.at).toBeGreaterThan(Date.parse(built) - 1000);
    expect(texts('build', 'Failed')).toEqual([]);
    expect(texts('baseiso', 'Failed', now, '')[0]).toBe('Error: accepts 2 arg(s), received 1');
  });
});
