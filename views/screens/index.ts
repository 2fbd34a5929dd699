/** Every screen, in the order of their keys. A new screen is a file here and a line in this list. */
import type { Screen } from '../../hooks/screen.ts';
import { act } from './act.ts';
import { attention } from './attention.ts';
import { clusters } from './clusters.ts';
import { compare } from './compare.ts';
import { create } from './create.ts';
import { detail } from './detail.ts';
import { events } from './events.ts';
import { groups } from './groups.ts';
import { guide } from './guide.ts';
import { hosts } from './hosts.ts';
import { machines } from './machines.ts';
import { onboarding } from './onboarding.ts';
import { operate } from './operate.ts';
import { output } from './output.ts';
import { overview } from './overview.ts';
import { plans } from './plans.ts';
import { pools } from './pools.ts';
import { tray } from './tray.ts';
import { tree } from './tree.ts';
import { yaml } from './yaml.ts';

export const screens: readonly Screen[] = [
  overview,
  pools,
  hosts,
  machines,
  groups,
  plans,
  clusters,
  onboarding,
  events,
  attention,
  tree,
  tray,
  create,
  act,
  operate,
  guide,
  detail,
  output,
  compare,
  yaml,
];
