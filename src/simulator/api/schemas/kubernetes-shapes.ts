/**
 * Which fields the kinds of Kubernetes itself have, as k8s.io/api has them: one line a type, `field:type`, with `!` where it
 * must be there. Of a field without a type the type is a string; `b` is a flag, `i` and `l` are numbers, `t` is a time, `q` a
 * quantity, `m` a map of strings, `o` anything; a longer line goes on two spaces in.
 */
export const KUBERNETES_TYPES = `
Affinity = nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAntiAffinity
AggregationRule = clusterRoleSelectors:LabelSelector[]
AttachedVolume = devicePath! name!
CSIVolumeSource = driver! fsType nodePublishSecretRef:LocalObjectReference readOnly:b volumeAttributes:m
Capabilities = add:s[] drop:s[]
ClientIPConfig = timeoutSeconds:i
ClusterRole = aggregationRule:AggregationRule rules:PolicyRule[]
ClusterRoleBinding = roleRef!:RoleRef subjects:Subject[]
Condition = lastTransitionTime!:t message! observedGeneration:l reason! status! type!
ConfigMapEnvSource = name optional:b
ConfigMapKeySelector = key! name optional:b
ConfigMapProjection = items:KeyToPath[] name optional:b
ConfigMapVolumeSource = defaultMode:i items:KeyToPath[] name optional:b
Container = args:s[] command:s[] env:EnvVar[] envFrom:EnvFromSource[] image imagePullPolicy lifecycle:Lifecycle
  livenessProbe:Probe name! ports:ContainerPort[] readinessProbe:Probe resources:ResourceRequirements
  securityContext:SecurityContext startupProbe:Probe stdin:b stdinOnce:b terminationMessagePath
  terminationMessagePolicy tty:b volumeDevices:VolumeDevice[] volumeMounts:VolumeMount[] workingDir resizePolicy:m[]
  restartPolicy
ContainerImage = names!:s[] sizeBytes:l
ContainerPort = containerPort!:i hostIP hostPort:i name protocol
ContainerState = running:ContainerStateRunning terminated:ContainerStateTerminated waiting:ContainerStateWaiting
ContainerStateRunning = startedAt:t
ContainerStateTerminated = containerID exitCode!:i finishedAt:t message reason signal:i startedAt:t
ContainerStateWaiting = message reason
ContainerStatus = containerID image! imageID! lastState:ContainerState name! ready!:b restartCount!:i started:b
  state:ContainerState
ControllerRevision = data:o revision!:l
CronJob = spec:CronJobSpec status:CronJobStatus
CronJobSpec = concurrencyPolicy failedJobsHistoryLimit:i jobTemplate!:JobTemplateSpec schedule!
  startingDeadlineSeconds:l successfulJobsHistoryLimit:i suspend:b timeZone
CronJobStatus = active:ObjectReference[] lastScheduleTime:t
CustomResourceColumnDefinition = description format jsonPath! name! priority:i type!
CustomResourceConversion = strategy! webhook:WebhookConversion
CustomResourceDefinition = spec!:CustomResourceDefinitionSpec status:CustomResourceDefinitionStatus
CustomResourceDefinitionCondition = lastTransitionTime:t message reason status! type!
CustomResourceDefinitionNames = categories:s[] kind! listKind plural! shortNames:s[] singular
CustomResourceDefinitionSpec = conversion:CustomResourceConversion group! names!:CustomResourceDefinitionNames
  preserveUnknownFields:b scope! versions!:CustomResourceDefinitionVersion[]
CustomResourceDefinitionStatus = acceptedNames:CustomResourceDefinitionNames
  conditions:CustomResourceDefinitionCondition[] storedVersions:s[]
CustomResourceDefinitionVersion = additionalPrinterColumns:CustomResourceColumnDefinition[] deprecated:b
  deprecationWarning name! schema:CustomResourceValidation served!:b storage!:b
  subresources:CustomResourceSubresources
CustomResourceSubresourceScale = labelSelectorPath specReplicasPath! statusReplicasPath!
CustomResourceSubresourceStatus = 
CustomResourceSubresources = scale:CustomResourceSubresourceScale status:CustomResourceSubresourceStatus
CustomResourceValidation = openAPIV3Schema:o
DaemonEndpoint = Port!:i
DaemonSet = spec:DaemonSetSpec status:DaemonSetStatus
DaemonSetCondition = lastTransitionTime:t message reason status! type!
DaemonSetSpec = minReadySeconds:i revisionHistoryLimit:i selector!:LabelSelector template!:PodTemplateSpec
  updateStrategy:DaemonSetUpdateStrategy
DaemonSetStatus = collisionCount:i conditions:DaemonSetCondition[] currentNumberScheduled!:i
  desiredNumberScheduled!:i numberAvailable:i numberMisscheduled!:i numberReady!:i numberUnavailable:i
  observedGeneration:l updatedNumberScheduled:i
DaemonSetUpdateStrategy = rollingUpdate:RollingUpdateDaemonSet type
Deployment = spec:DeploymentSpec status:DeploymentStatus
DeploymentCondition = lastTransitionTime:t lastUpdateTime:t message reason status! type!
DeploymentSpec = minReadySeconds:i paused:b progressDeadlineSeconds:i replicas:i revisionHistoryLimit:i
  selector!:LabelSelector strategy:DeploymentStrategy template!:PodTemplateSpec
DeploymentStatus = availableReplicas:i collisionCount:i conditions:DeploymentCondition[] observedGeneration:l
  readyReplicas:i replicas:i unavailableReplicas:i updatedReplicas:i
DeploymentStrategy = rollingUpdate:RollingUpdateDeployment type
DownwardAPIProjection = items:DownwardAPIVolumeFile[]
DownwardAPIVolumeFile = fieldRef:ObjectFieldSelector mode:i path! resourceFieldRef:ResourceFieldSelector
DownwardAPIVolumeSource = defaultMode:i items:DownwardAPIVolumeFile[]
EmptyDirVolumeSource = medium sizeLimit:q
EndpointAddress = hostname ip! nodeName targetRef:ObjectReference
EndpointPort = appProtocol name port!:i protocol
EndpointSubset = addresses:EndpointAddress[] notReadyAddresses:EndpointAddress[] ports:EndpointPort[]
Endpoints = subsets:EndpointSubset[]
EnvFromSource = configMapRef:ConfigMapEnvSource prefix secretRef:SecretEnvSource
EnvVar = name! value valueFrom:EnvVarSource
EnvVarSource = configMapKeyRef:ConfigMapKeySelector fieldRef:ObjectFieldSelector
  resourceFieldRef:ResourceFieldSelector secretKeyRef:SecretKeySelector
ExecAction = command:s[]
HTTPGetAction = host httpHeaders:HTTPHeader[] path port!:q scheme
HTTPHeader = name! value!
HTTPIngressPath = backend!:IngressBackend path pathType
HTTPIngressRuleValue = paths!:HTTPIngressPath[]
Handler = exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction
HostAlias = hostnames:s[] ip
HostIP = ip!
HostPathVolumeSource = path! type
IPBlock = cidr! except:s[]
Ingress = spec:IngressSpec status:IngressStatus
IngressBackend = resource:TypedLocalObjectReference service:IngressServiceBackend
IngressRule = host http:HTTPIngressRuleValue
IngressServiceBackend = name! port:ServiceBackendPort
IngressSpec = defaultBackend:IngressBackend ingressClassName rules:IngressRule[] tls:IngressTLS[]
IngressStatus = loadBalancer:LoadBalancerStatus
IngressTLS = hosts:s[] secretName
Job = spec:JobSpec status:JobStatus
JobCondition = lastProbeTime:t lastTransitionTime:t message reason status! type!
JobSpec = activeDeadlineSeconds:l backoffLimit:i completions:i manualSelector:b parallelism:i selector:LabelSelector
  template!:PodTemplateSpec ttlSecondsAfterFinished:i backoffLimitPerIndex:i completionMode maxFailedIndexes:i
  podReplacementPolicy suspend:b
JobStatus = active:i completionTime:t conditions:JobCondition[] failed:i startTime:t succeeded:i
JobTemplateSpec = metadata:o spec:JobSpec
KeyToPath = key! mode:i path!
LabelSelector = matchExpressions:LabelSelectorRequirement[] matchLabels:m
LabelSelectorRequirement = key! operator! values:s[]
Lease = spec:LeaseSpec
LeaseSpec = acquireTime:t holderIdentity leaseDurationSeconds:i leaseTransitions:i renewTime:t preferredHolder
  strategy
Lifecycle = postStart:Handler preStop:Handler
LoadBalancerIngress = hostname ip ports:PortStatus[]
LoadBalancerStatus = ingress:LoadBalancerIngress[]
LocalObjectReference = name
NFSVolumeSource = path! readOnly:b server!
NetworkPolicy = spec:NetworkPolicySpec
NetworkPolicyEgressRule = ports:NetworkPolicyPort[] to:NetworkPolicyPeer[]
NetworkPolicyIngressRule = from:NetworkPolicyPeer[] ports:NetworkPolicyPort[]
NetworkPolicyPeer = ipBlock:IPBlock namespaceSelector:LabelSelector podSelector:LabelSelector
NetworkPolicyPort = port:q protocol
NetworkPolicySpec = egress:NetworkPolicyEgressRule[] ingress:NetworkPolicyIngressRule[] podSelector!:LabelSelector
  policyTypes:s[]
Node = spec:NodeSpec status:NodeStatus
NodeAddress = address! type!
NodeAffinity = preferredDuringSchedulingIgnoredDuringExecution:PreferredSchedulingTerm[]
  requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
NodeCondition = lastHeartbeatTime:t lastTransitionTime:t message reason status! type!
NodeDaemonEndpoints = kubeletEndpoint:DaemonEndpoint
NodeSelector = nodeSelectorTerms!:NodeSelectorTerm[]
NodeSelectorRequirement = key! operator! values:s[]
NodeSelectorTerm = matchExpressions:NodeSelectorRequirement[] matchFields:NodeSelectorRequirement[]
NodeSpec = podCIDR podCIDRs:s[] providerID taints:Taint[] unschedulable:b
NodeStatus = addresses:NodeAddress[] allocatable:m capacity:m conditions:NodeCondition[]
  daemonEndpoints:NodeDaemonEndpoints images:ContainerImage[] nodeInfo:NodeSystemInfo phase
  volumesAttached:AttachedVolume[] volumesInUse:s[]
NodeSystemInfo = architecture! bootID! containerRuntimeVersion! kernelVersion! kubeProxyVersion! kubeletVersion!
  machineID! operatingSystem! osImage! systemUUID!
ObjectFieldSelector = apiVersion fieldPath!
ObjectReference = apiVersion fieldPath kind name namespace resourceVersion uid
PersistentVolumeClaim = spec:PersistentVolumeClaimSpec status:PersistentVolumeClaimStatus
PersistentVolumeClaimCondition = lastProbeTime:t lastTransitionTime:t message reason status! type!
PersistentVolumeClaimSpec = accessModes:s[] dataSource:TypedLocalObjectReference resources:ResourceRequirements
  selector:LabelSelector storageClassName volumeMode volumeName
PersistentVolumeClaimStatus = accessModes:s[] capacity:m conditions:PersistentVolumeClaimCondition[] phase
PersistentVolumeClaimVolumeSource = claimName! readOnly:b
Pod = spec:PodSpec status:PodStatus
PodAffinity = preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm[]
  requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm[]
PodAffinityTerm = labelSelector:LabelSelector namespaces:s[] topologyKey!
PodAntiAffinity = preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm[]
  requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm[]
PodCondition = lastProbeTime:t lastTransitionTime:t message reason status! type!
PodDNSConfig = nameservers:s[] options:PodDNSConfigOption[] searches:s[]
PodDNSConfigOption = name value
PodDisruptionBudget = spec:PodDisruptionBudgetSpec status:PodDisruptionBudgetStatus
PodDisruptionBudgetSpec = maxUnavailable:q minAvailable:q selector:LabelSelector unhealthyPodEvictionPolicy
PodDisruptionBudgetStatus = currentHealthy!:i desiredHealthy!:i disruptedPods:t{} disruptionsAllowed!:i
  expectedPods!:i observedGeneration:l
PodIP = ip
PodOS = name!
PodReadinessGate = conditionType!
PodSchedulingGate = name!
PodSecurityContext = fsGroup:l fsGroupChangePolicy runAsGroup:l runAsNonRoot:b runAsUser:l
  seLinuxOptions:SELinuxOptions seccompProfile:SeccompProfile supplementalGroups:l[] sysctls:Sysctl[]
  windowsOptions:WindowsSecurityContextOptions
PodSpec = activeDeadlineSeconds:l affinity:Affinity automountServiceAccountToken:b containers!:Container[]
  dnsConfig:PodDNSConfig dnsPolicy enableServiceLinks:b hostAliases:HostAlias[] hostIPC:b hostNetwork:b hostPID:b
  hostname imagePullSecrets:LocalObjectReference[] initContainers:Container[] nodeName nodeSelector:m overhead:m
  preemptionPolicy priority:i priorityClassName readinessGates:PodReadinessGate[] restartPolicy runtimeClassName
  schedulerName securityContext:PodSecurityContext serviceAccountName setHostnameAsFQDN:b shareProcessNamespace:b
  subdomain terminationGracePeriodSeconds:l tolerations:Toleration[]
  topologySpreadConstraints:TopologySpreadConstraint[] volumes:Volume[] hostUsers:b os:PodOS
  schedulingGates:PodSchedulingGate[]
PodStatus = conditions:PodCondition[] containerStatuses:ContainerStatus[]
  ephemeralContainerStatuses:ContainerStatus[] hostIP initContainerStatuses:ContainerStatus[] message
  nominatedNodeName phase podIP podIPs:PodIP[] qosClass reason startTime:t hostIPs:HostIP[] observedGeneration:l
  resize
PodTemplateSpec = metadata:o spec:PodSpec
PolicyRule = apiGroups:s[] nonResourceURLs:s[] resourceNames:s[] resources:s[] verbs!:s[]
PortStatus = error port!:i protocol!
PreferredSchedulingTerm = preference!:NodeSelectorTerm weight!:i
PriorityClass = description globalDefault:b preemptionPolicy value!:i
Probe = exec:ExecAction failureThreshold:i httpGet:HTTPGetAction initialDelaySeconds:i periodSeconds:i
  successThreshold:i tcpSocket:TCPSocketAction timeoutSeconds:i
ProjectedVolumeSource = defaultMode:i sources:VolumeProjection[]
ReplicaSet = spec:ReplicaSetSpec status:ReplicaSetStatus
ReplicaSetCondition = lastTransitionTime:t message reason status! type!
ReplicaSetSpec = minReadySeconds:i replicas:i selector!:LabelSelector template:PodTemplateSpec
ReplicaSetStatus = availableReplicas:i conditions:ReplicaSetCondition[] fullyLabeledReplicas:i observedGeneration:l
  readyReplicas:i replicas!:i
ResourceFieldSelector = containerName divisor:q resource!
ResourceQuota = spec:ResourceQuotaSpec status:ResourceQuotaStatus
ResourceQuotaSpec = hard:m scopeSelector:ScopeSelector scopes:s[]
ResourceQuotaStatus = hard:m used:m
ResourceRequirements = limits:m requests:m
RoleRef = apiGroup! kind! name!
RollingUpdateDaemonSet = maxUnavailable:q
RollingUpdateDeployment = maxSurge:q maxUnavailable:q
RollingUpdateStatefulSetStrategy = partition:i
SELinuxOptions = level role type user
ScopeSelector = matchExpressions:ScopedResourceSelectorRequirement[]
ScopedResourceSelectorRequirement = operator! scopeName! values:s[]
SeccompProfile = localhostProfile type!
SecretEnvSource = name optional:b
SecretKeySelector = key! name optional:b
SecretProjection = items:KeyToPath[] name optional:b
SecretVolumeSource = defaultMode:i items:KeyToPath[] optional:b secretName
SecurityContext = allowPrivilegeEscalation:b capabilities:Capabilities privileged:b procMount
  readOnlyRootFilesystem:b runAsGroup:l runAsNonRoot:b runAsUser:l seLinuxOptions:SELinuxOptions
  seccompProfile:SeccompProfile windowsOptions:WindowsSecurityContextOptions
Service = spec:ServiceSpec status:ServiceStatus
ServiceAccountTokenProjection = audience expirationSeconds:l path!
ServiceBackendPort = name number:i
ServicePort = appProtocol name nodePort:i port!:i protocol targetPort:q
ServiceReference = name! namespace! path port:i
ServiceSpec = allocateLoadBalancerNodePorts:b clusterIP clusterIPs:s[] externalIPs:s[] externalName
  externalTrafficPolicy healthCheckNodePort:i ipFamilies:s[] ipFamilyPolicy loadBalancerIP
  loadBalancerSourceRanges:s[] ports:ServicePort[] publishNotReadyAddresses:b selector:m sessionAffinity
  sessionAffinityConfig:SessionAffinityConfig type internalTrafficPolicy loadBalancerClass trafficDistribution
ServiceStatus = conditions:Condition[] loadBalancer:LoadBalancerStatus
SessionAffinityConfig = clientIP:ClientIPConfig
StatefulSet = spec:StatefulSetSpec status:StatefulSetStatus
StatefulSetCondition = lastTransitionTime:t message reason status! type!
StatefulSetSpec = podManagementPolicy replicas:i revisionHistoryLimit:i selector!:LabelSelector serviceName!
  template!:PodTemplateSpec updateStrategy:StatefulSetUpdateStrategy volumeClaimTemplates:PersistentVolumeClaim[]
  minReadySeconds:i ordinals:m persistentVolumeClaimRetentionPolicy:m
StatefulSetStatus = collisionCount:i conditions:StatefulSetCondition[] currentReplicas:i currentRevision
  observedGeneration:l readyReplicas:i replicas!:i updateRevision updatedReplicas:i
StatefulSetUpdateStrategy = rollingUpdate:RollingUpdateStatefulSetStrategy type
StorageClass = allowVolumeExpansion:b allowedTopologies:TopologySelectorTerm[] mountOptions:s[] parameters:m
  provisioner! reclaimPolicy volumeBindingMode
Subject = apiGroup kind! name! namespace
Sysctl = name! value!
TCPSocketAction = host port!:q
Taint = effect! key! timeAdded:t value
Toleration = effect key operator tolerationSeconds:l value
TopologySelectorLabelRequirement = key! values!:s[]
TopologySelectorTerm = matchLabelExpressions:TopologySelectorLabelRequirement[]
TopologySpreadConstraint = labelSelector:LabelSelector maxSkew!:i topologyKey! whenUnsatisfiable!
TypedLocalObjectReference = apiGroup kind! name!
Volume = configMap:ConfigMapVolumeSource csi:CSIVolumeSource downwardAPI:DownwardAPIVolumeSource
  emptyDir:EmptyDirVolumeSource hostPath:HostPathVolumeSource name! nfs:NFSVolumeSource
  persistentVolumeClaim:PersistentVolumeClaimVolumeSource projected:ProjectedVolumeSource secret:SecretVolumeSource
VolumeDevice = devicePath! name!
VolumeMount = mountPath! mountPropagation name! readOnly:b subPath subPathExpr
VolumeProjection = configMap:ConfigMapProjection downwardAPI:DownwardAPIProjection secret:SecretProjection
  serviceAccountToken:ServiceAccountTokenProjection
WebhookClientConfig = caBundle service:ServiceReference url
WebhookConversion = clientConfig:WebhookClientConfig conversionReviewVersions!:s[]
WeightedPodAffinityTerm = podAffinityTerm!:PodAffinityTerm weight!:i
WindowsSecurityContextOptions = gmsaCredentialSpec gmsaCredentialSpecName runAsUserName
`;
