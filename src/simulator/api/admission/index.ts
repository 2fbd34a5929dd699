/** What a server of Kubernetes is built with: its own admission, in its order. A plugin is added here. */

import type { Plugin } from '../core.ts';
import { accounts, runtimes } from './accounts.ts';
import { priorities } from './priorities.ts';

export const kubernetesAdmission: readonly Plugin[] = [accounts, priorities, runtimes];
