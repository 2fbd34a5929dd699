/** What kube-proxy tells of its Node once it runs: k8s.io/kubernetes/cmd/kube-proxy/app. It has no words. */

/** `process`: which kube-proxy of that host. */
export const proxyStarted = (host: string, process: string) => ({
  ...{ type: 'Normal' as const, reason: 'Starting', action: 'StartKubeProxy', message: '', component: 'kube-proxy' },
  ...{ host, process },
});
