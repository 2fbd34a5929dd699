/** Every story there is. Each throws where it does not end as it must. */

import { failedClean, failedReprovision } from './failures.ts';
import { replacement, scaleDown, scaleUp, targetedRemoval } from './groups.ts';
import {
  bootstrapRollout,
  planeUpgrade,
  planeUpgradeAfterLoss,
  templateSwap,
  upgrade,
  workerUpgrade,
} from './rollouts.ts';
import type { Stage } from './stage.ts';

export type Story = (stage: Stage) => Promise<void>;

export const stories = {
  'scale up': scaleUp,
  'scale down': scaleDown,
  'targeted removal': targetedRemoval,
  replacement,
  'template swap and back': templateSwap,
  'bootstrap rollout': bootstrapRollout,
  'worker upgrade': workerUpgrade,
  'control plane upgrade': planeUpgrade,
  'control plane upgrade after a loss': planeUpgradeAfterLoss,
  upgrade,
  'failed reprovision': failedReprovision,
  'failed clean': failedClean,
} as const satisfies Record<string, Story>;

export type StoryName = keyof typeof stories;
