/** Commands that are told to be run. */
import { expect, it } from 'vitest';
import { kubectlIn } from '../../../src/domain/explain/steps.ts';

it('leads into the workload cluster by the kubeconfig of its Secret, whatever the cluster is called', () => {
  expect(kubectlIn({ name: 'prod', namespace: 'cpaas-system' }, 'get', 'pdb', '-A')).toBe(
    "f=$(mktemp); kubectl -n cpaas-system get secret prod-kubeconfig -o 'jsonpath={.data.value}' | base64 -d >$f; " +
      'kubectl --kubeconfig $f get pdb -A; rm $f',
  );
  expect(kubectlIn({ name: '$(reboot)', namespace: 'x' }, 'get', 'nodes')).toContain("'$(reboot)-kubeconfig'");
  expect(kubectlIn(undefined, 'get', 'nodes')).toBe('kubectl get nodes');
});
