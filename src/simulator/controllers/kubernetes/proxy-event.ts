/** What kube-proxy tells of its Node once it runs: k8s.io/kubernetes/cmd/kube-proxy/app. It has no words. */

export const proxyStarted = (host: string) => ({
  ...{ type: 'Normal' as const, reason: 'Starting', message: '', component: 'kube-proxy', host },
});
