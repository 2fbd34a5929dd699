/** Trouble with installation media. */

import { ANY_IMAGE } from '../controllers/faults.ts';
import { kinds } from '../controllers/kinds.ts';
import { edit } from './operator.ts';
import type { Scenario, Stage } from './scenario.ts';

const buildAgain = (stage: Stage, name: string) =>
  edit(stage, kinds.SeedImage, name, (draft) => {
    draft.spec!.retriggerBuild = true;
  });

const isoBuildFails: Scenario = {
  name: 'iso-build-fails',
  about: 'The base image of ISOs cannot be pulled: whatever SeedImage is built, or built again, fails.',
  lookFor:
    'a SeedImage with SeedImageReady=False/SeedImageBuildFailure: the first there is, which is built again, or else the ' +
    'next that is made',
  stays: 'an ISO that somebody else had built meanwhile has to be built again',
  async *start(stage) {
    const { operator, faults } = stage;
    const [image] = await operator.list(kinds.SeedImage);
    if (image) stage.onHeal(() => buildAgain(stage, image.metadata.name));
    stage.onHeal(async () => faults.image(ANY_IMAGE, undefined));
    faults.image(ANY_IMAGE, 'build');
    if (image) await buildAgain(stage, image.metadata.name);
    yield {
      did: image
        ? `${image.metadata.name} is built again, and its base image cannot be pulled`
        : 'the next ISO that is built will fail',
    };
  },
};

export const mediaScenarios: readonly Scenario[] = [isoBuildFails];
