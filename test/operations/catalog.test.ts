import { describe, expect, it } from 'vitest';
import { buildImage } from '../../src/operations/build-image.ts';
import { catalog } from '../../src/operations/catalog.ts';
import { rebuild } from '../../src/operations/rebuild.ts';
import * as make from '../domain/fixtures.ts';
import { workerFleet } from './support/fleets.ts';
import { ask, changed, lines, reading, ref, sentOf, worldOf } from './support/world.ts';

describe('catalog', () => {
  const target = ref('ConfigMap', 'elemental-image-catalog');
  const raws = workerFleet();
  const image = 'registry.local:5000/tkestack/baremetal-base-image:v1';
  const read = (fleet = raws) => reading(fleet, 'elemental-image-catalog');
  const put = (version: string, to: string) => ask(catalog, [target], { version, image: to });

  it.each([
    ['', image, 'a version is needed'],
    ['1.34.5', image, 'not a Kubernetes version'],
    ['v1.34', image, 'not a Kubernetes version'],
    ['v1.34.5/x', image, 'not a Kubernetes version'],
    ['v1.34.5+x', image, 'cannot hold "+"'],
    ['v1.34.5', 'no spaces allowed:1', 'is not an image'],
    ['v1.34.5', 'registry.local:5000/path/image', 'neither a tag nor a digest'],
    ['v1.33.7-2', 'registry/tkestack/baremetal-base-image:1', 'stands for this image already'],
    ['v1.99.0', '', 'v1.99.0 is not in the catalog'],
    ['v1.33.7-2', '', 'asks for v1.33.7-2'],
  ])('refuses "%s" for "%s": %s', (version, to, why) => {
    expect(catalog.refuse(read(), put(version, to))).toContain(why);
  });

  it('adds a line, replaces one only where it still is what it was, and takes one out', () => {
    const bodies = (version: string, to: string, fleet = raws) => {
      const write = catalog.plan(read(fleet), put(version, to)).steps[0]?.write;
      return write && 'body' in write && Array.isArray(write.body) ? write.body.slice(2) : [];
    };
    expect(bodies('v1.34.5', image)).toEqual([{ op: 'add', path: '/data/v1.34.5', value: image }]);
    expect(bodies('v1.33.7-2', image)).toEqual([
      { op: 'test', path: '/data/v1.33.7-2', value: 'registry/tkestack/baremetal-base-image:1' },
      { op: 'replace', path: '/data/v1.33.7-2', value: image },
    ]);
    const two = changed(raws, 'ConfigMap', 'elemental-image-catalog', ['data'], { 'v1.30.0': image });
    expect(bodies('v1.30.0', '', two)).toEqual([
      { op: 'test', path: '/data/v1.30.0', value: image },
      { op: 'remove', path: '/data/v1.30.0' },
    ]);
    const bare = changed(raws, 'ConfigMap', 'elemental-image-catalog', ['data'], undefined);
    expect(bodies('v1.34.5', image, bare)[0]).toEqual({ op: 'add', path: '/data', value: {} });
  });

  it('names the machines that wait for it, and is done when none does', () => {
    const missed = make.bmm('w1', 'h1', 'Failed', {
      conditions: [make.condition('ImageResolved', 'False', 'ImageCatalogMiss')],
    });
    const stuck = [
      ...raws.filter((raw) => !(raw['kind'] === 'BaremetalMachine' && (raw['metadata'] as make.Raw)['name'] === 'w1')),
      missed,
    ].map((raw) => (raw['kind'] === 'ConfigMap' ? { ...raw, data: {} } : raw));
    const request = put('v1.33.7-2', image);
    const plan = catalog.plan(read(stuck), request);
    expect(plan.expected[0]?.text).toBe('w1 goes on by itself');
    const sent = sentOf(request, plan);
    expect(lines(catalog, read(stuck), sent)[1]).toBe('now v1.33.7-2 in the catalog as wanted');
    const now = changed(raws, 'ConfigMap', 'elemental-image-catalog', ['data'], { 'v1.33.7-2': image });
    expect(catalog.done(read(now), sent).outcome).toBe('done');
    expect(catalog.takeBack?.(read(now), sent)).toEqual(put('v1.33.7-2', ''));
    expect(catalog.takeBack?.(read(raws), sent)).toBeUndefined();
  });
});

describe('rebuild', () => {
  const iso = ref('SeedImage', 'iso');
  const built = (reason: string, more: make.Raw = {}, since = 0) =>
    make.seedImage('iso', [make.condition('SeedImageReady', 'True', reason, { lastTransitionTime: make.at(since) })], {
      downloadURL: 'https://one',
      ...more,
    });
  const fleet = (image: make.Raw) => worldOf([image, make.registration('reg', [])]);
  const request = ask(rebuild, [iso]);

  it('refuses what is being built, asked for already or not known', () => {
    const building = make.seedImage('iso', [make.condition('SeedImageReady', 'False', 'SeedImageBuildOngoing')]);
    expect(rebuild.refuse(fleet(building), request)).toBe('iso is being built');
    const asked = built('SeedImageBuildSuccess');
    expect(rebuild.refuse(fleet({ ...asked, spec: { retriggerBuild: true } }), request)).toContain('already');
    expect(rebuild.refuse(fleet(built('Odd')), request)).toContain('not known');
    expect(rebuild.refuse(worldOf([built('SeedImageBuildDeadline')]), request)).toContain(
      'registration: reg: not there',
    );
  });

  it('sets the field, and is done by another build, not by the one before', () => {
    const before = fleet(built('SeedImageBuildSuccess'));
    const plan = rebuild.plan(before, request);
    expect(plan.steps[0]?.write).toMatchObject({
      type: 'merge',
      body: { spec: { retriggerBuild: true }, metadata: { uid: 'SeedImage/iso', resourceVersion: '1' } },
    });
    const sent = sentOf(request, plan);
    expect(rebuild.done(before, sent).outcome).toBeUndefined();
    const failed = built('SeedImageBuildFailure', {}, 60);
    expect(rebuild.done(fleet(failed), sent).outcome).toBe('failed');
    const again = built('SeedImageBuildSuccess', { downloadURL: 'https://two' }, 90);
    expect(rebuild.done(fleet(again), sent).outcome).toBe('done');
  });
});

describe('build-image', () => {
  const target = ref('MachineRegistration', 'reg');
  const request = (image: string) => ask(buildImage, [target], { image });
  const raws = workerFleet();
  const bare = worldOf([make.registration('reg', []), ...raws]);

  it('offers the ISO of the newest image in the catalog, and takes another', () => {
    const best = buildImage.fields[0]!.initial(bare, [target]);
    expect(best).toMatch(/-iso:/);
    const [step] = buildImage.plan(bare, request(best)).steps;
    expect(step!.write).toMatchObject({
      verb: 'create',
      kind: 'seedImage',
      name: 'reg-iso',
      body: { spec: { type: 'iso', baseImage: best, registrationRef: { kind: 'MachineRegistration', name: 'reg' } } },
    });
    const { checks } = buildImage.plan(bare, request('r.example:5000/a/b-iso:v9'));
    expect(checks.find(({ title }) => title === 'base image')!.result).toBe('warn');
  });

  it.each(['', ' ', 'no image', 'a', 'r.example/a b', 'r.example/a\nb', '../../x'])('refuses the image %j', (image) => {
    expect(buildImage.refuse(bare, request(image))).toBeTypeOf('string');
  });

  it('makes no second one, and is done when it can be downloaded', () => {
    const image = (reason: string) =>
      make.seedImage('reg-iso', [make.condition('SeedImageReady', 'True', reason)], { downloadURL: 'https://one' });
    const there = worldOf([make.registration('reg', []), image('SeedImageBuildSuccess'), ...raws]);
    expect(buildImage.refuse(there, request('r.example/a-iso:1'))).toContain('reg-iso');
    const plan = buildImage.plan(bare, request('r.example/a-iso:1'));
    const sent = sentOf(request('r.example/a-iso:1'), plan);
    expect(buildImage.done(bare, sent).outcome).toBeUndefined();
    expect(buildImage.done(there, sent).outcome).toBe('done');
    const failed = worldOf([make.registration('reg', []), image('SeedImageBuildFailure'), ...raws]);
    expect(buildImage.done(failed, sent).outcome).toBe('failed');
  });
});
