import type { SeedImage } from '../objects.ts';
import { at, bool, get, intOrString, num, str, word } from '../read.ts';
import { readConditions, withConditions } from './conditions.ts';
import { readMeta } from './meta.ts';

const URL_CAP = 2_048;

/** A SeedImage as served; `undefined` without uid or name. Its URLs stay whole: onboarding shows them. */
export function projectSeedImage(raw: unknown): SeedImage | undefined {
  const meta = readMeta('seedImage', raw);
  if (!meta) return undefined;
  const spec = get(raw, 'spec');
  const status = get(raw, 'status');
  return withConditions(
    {
      ...meta,
      baseImage: str(get(spec, 'baseImage')),
      registration: str(at(spec, 'registrationRef', 'name')),
      targetPlatform: word(get(spec, 'targetPlatform')),
      size: intOrString(get(spec, 'size')),
      cleanupAfterMinutes: num(get(spec, 'cleanupAfterMinutes')),
      retrigger: bool(get(spec, 'retriggerBuild')),
      downloadUrl: str(get(status, 'downloadURL'), URL_CAP),
      checksumUrl: str(get(status, 'checksumURL'), URL_CAP),
      reportedState: word(get(status, 'state')),
    },
    readConditions(get(status, 'conditions')),
  );
}
