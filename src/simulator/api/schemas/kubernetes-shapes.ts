/**
 * Which fields the kinds of Kubernetes itself have, as k8s.io/api has them: one line a type, `field:type`, with `!` where it
 * must be there, and `=` before what it is by default. Of a field without a type the type is a string; `b` is a flag, `i` and
 * `l` are numbers, `t` is a time, `q` a quantity, `m` a map of strings, `a` one that is owned as a whole, `o` anything; `{}`
 * makes a map. Lists: `[]` is replaced and owned as a whole, `[name]` is told apart and merged by that field, `[a,b]` told
 * apart by both and merged by the first, `[name*]` told apart, but not merged, `[=]` is a set, `[+]` one that patches add
 * to. Of a field that ends in `~` a patch may say which of its fields stay. A longer line goes on two spaces in.
 */
export const KUBERNETES_TYPES = `
Affinity = nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAntiAffinity
AggregationRule = clusterRoleSelectors:LabelSelector[]
AppArmorProfile = localhostProfile type!
AttachedVolume = devicePath! name!
Capabilities = add:s[] drop:s[]
ClaimTemplate = apiVersion kind metadata:ObjectMeta spec:PersistentVolumeClaimSpec status:PersistentVolumeClaimStatus
ClientIPConfig = timeoutSeconds:i
ClusterRole = aggregationRule:AggregationRule rules:PolicyRule[]
ClusterRoleBinding = roleRef!:RoleRef subjects:Subject[]
Condition = lastTransitionTime!:t message! observedGeneration:l reason! status! type!
ConfigMapEnvSource = name optional:b
ConfigMapKeySelector = key! name optional:b
ConfigMapNodeConfigSource = kubeletConfigKey! name! namespace! resourceVersion uid
Container = args:s[] command:s[] env:EnvVar[name] envFrom:EnvFromSource[] image imagePullPolicy lifecycle:Lifecycle
  livenessProbe:Probe name! ports:ContainerPort[containerPort,protocol] readinessProbe:Probe
  resizePolicy:ContainerResizePolicy[] resources:ResourceRequirements restartPolicy securityContext:SecurityContext
  startupProbe:Probe stdin:b stdinOnce:b terminationMessagePath terminationMessagePolicy tty:b
  volumeDevices:VolumeDevice[devicePath] volumeMounts:VolumeMount[mountPath] workingDir
ContainerImage = names!:s[] sizeBytes:l
ContainerPort = containerPort!:i hostIP hostPort:i name protocol=TCP
ContainerResizePolicy = resourceName! restartPolicy!
ContainerState = running:ContainerStateRunning terminated:ContainerStateTerminated waiting:ContainerStateWaiting
ContainerStateRunning = startedAt:t
ContainerStateTerminated = containerID exitCode!:i finishedAt:t message reason signal:i startedAt:t
ContainerStateWaiting = message reason
ContainerStatus = allocatedResources:q{} allocatedResourcesStatus:ResourceStatus[name] containerID image! imageID!
  lastState:ContainerState name! ready!:b resources:ResourceRequirements restartCount!:i started:b
  state:ContainerState stopSignal user:ContainerUser volumeMounts:VolumeMountStatus[mountPath]
ContainerUser = linux:LinuxContainerUser
ControllerRevision = data:o revision!:l
CronJob = spec:CronJobSpec status:CronJobStatus
CronJobSpec = concurrencyPolicy failedJobsHistoryLimit:i jobTemplate!:JobTemplateSpec schedule!
  startingDeadlineSeconds:l successfulJobsHistoryLimit:i suspend:b timeZone
CronJobStatus = active:ObjectReference[] lastScheduleTime:t lastSuccessfulTime:t
CustomResourceColumnDefinition = description format jsonPath! name! priority:i type!
CustomResourceConversion = strategy! webhook:WebhookConversion
CustomResourceDefinition = spec!:CustomResourceDefinitionSpec status:CustomResourceDefinitionStatus
CustomResourceDefinitionCondition = lastTransitionTime:t message reason status! type!
CustomResourceDefinitionNames = categories:s[] kind! listKind plural! shortNames:s[] singular
CustomResourceDefinitionSpec = conversion:CustomResourceConversion group! names!:CustomResourceDefinitionNames
  preserveUnknownFields:b scope! versions!:CustomResourceDefinitionVersion[]
CustomResourceDefinitionStatus = acceptedNames:CustomResourceDefinitionNames
  conditions:CustomResourceDefinitionCondition[type*] storedVersions:s[]
CustomResourceDefinitionVersion = additionalPrinterColumns:CustomResourceColumnDefinition[] deprecated:b
  deprecationWarning name! schema:CustomResourceValidation selectableFields:SelectableField[] served!:b storage!:b
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
DaemonSetStatus = collisionCount:i conditions:DaemonSetCondition[type] currentNumberScheduled!:i
  desiredNumberScheduled!:i numberAvailable:i numberMisscheduled!:i numberReady!:i numberUnavailable:i
  observedGeneration:l updatedNumberScheduled:i
DaemonSetUpdateStrategy = rollingUpdate:RollingUpdateDaemonSet type
Deployment = spec:DeploymentSpec status:DeploymentStatus
DeploymentCondition = lastTransitionTime:t lastUpdateTime:t message reason status! type!
DeploymentSpec = minReadySeconds:i paused:b progressDeadlineSeconds:i replicas:i revisionHistoryLimit:i
  selector!:LabelSelector strategy:DeploymentStrategy~ template!:PodTemplateSpec
DeploymentStatus = availableReplicas:i collisionCount:i conditions:DeploymentCondition[type] observedGeneration:l
  readyReplicas:i replicas:i terminatingReplicas:i unavailableReplicas:i updatedReplicas:i
DeploymentStrategy = rollingUpdate:RollingUpdateDeployment type
EndpointAddress = hostname ip! nodeName targetRef:ObjectReference
EndpointPort = appProtocol name port!:i protocol
EndpointSubset = addresses:EndpointAddress[] notReadyAddresses:EndpointAddress[] ports:EndpointPort[]
Endpoints = subsets:EndpointSubset[]
EnvFromSource = configMapRef:ConfigMapEnvSource prefix secretRef:SecretEnvSource
EnvVar = name! value valueFrom:EnvVarSource
EnvVarSource = configMapKeyRef:ConfigMapKeySelector fieldRef:ObjectFieldSelector
  resourceFieldRef:ResourceFieldSelector secretKeyRef:SecretKeySelector
EphemeralContainer = args:s[] command:s[] env:EnvVar[name] envFrom:EnvFromSource[] image imagePullPolicy
  lifecycle:Lifecycle livenessProbe:Probe name! ports:ContainerPort[containerPort,protocol] readinessProbe:Probe
  resizePolicy:ContainerResizePolicy[] resources:ResourceRequirements restartPolicy securityContext:SecurityContext
  startupProbe:Probe stdin:b stdinOnce:b targetContainerName terminationMessagePath terminationMessagePolicy tty:b
  volumeDevices:VolumeDevice[devicePath] volumeMounts:VolumeMount[mountPath] workingDir
Event = involvedObject!:ObjectReference related:ObjectReference series:EventSeries source:EventSource
EventSeries = count:i lastObservedTime:t
EventSource = component host
ExecAction = command:s[]
GRPCAction = port!:i service
HTTPGetAction = host httpHeaders:HTTPHeader[] path port!:q scheme
HTTPHeader = name! value!
HTTPIngressPath = backend!:IngressBackend path pathType!
HTTPIngressRuleValue = paths!:HTTPIngressPath[]
HostAlias = hostnames:s[] ip
HostIP = ip!
IPBlock = cidr! except:s[]
Ingress = spec:IngressSpec status:IngressStatus
IngressBackend = resource:TypedLocalObjectReference service:IngressServiceBackend
IngressLoadBalancerIngress = hostname ip ports:IngressPortStatus[]
IngressLoadBalancerStatus = ingress:IngressLoadBalancerIngress[]
IngressPortStatus = error port!:i protocol!
IngressRule = host http:HTTPIngressRuleValue
IngressServiceBackend = name! port:ServiceBackendPort
IngressSpec = defaultBackend:IngressBackend ingressClassName rules:IngressRule[] tls:IngressTLS[]
IngressStatus = loadBalancer:IngressLoadBalancerStatus
IngressTLS = hosts:s[] secretName
Job = spec:JobSpec status:JobStatus
JobCondition = lastProbeTime:t lastTransitionTime:t message reason status! type!
JobSpec = activeDeadlineSeconds:l backoffLimit:i backoffLimitPerIndex:i completionMode completions:i managedBy
  manualSelector:b maxFailedIndexes:i parallelism:i podFailurePolicy:PodFailurePolicy podReplacementPolicy
  selector:LabelSelector successPolicy:SuccessPolicy suspend:b template!:PodTemplateSpec ttlSecondsAfterFinished:i
JobStatus = active:i completedIndexes completionTime:t conditions:JobCondition[type] failed:i failedIndexes ready:i
  startTime:t succeeded:i terminating:i uncountedTerminatedPods:UncountedTerminatedPods
JobTemplateSpec = metadata:ObjectMeta spec:JobSpec
LabelSelector = matchExpressions:LabelSelectorRequirement[] matchLabels:m
LabelSelectorRequirement = key! operator! values:s[]
Lease = spec:LeaseSpec
LeaseSpec = acquireTime:t holderIdentity leaseDurationSeconds:i leaseTransitions:i preferredHolder renewTime:t
  strategy
Lifecycle = postStart:LifecycleHandler preStop:LifecycleHandler stopSignal
LifecycleHandler = exec:ExecAction httpGet:HTTPGetAction sleep:SleepAction tcpSocket:TCPSocketAction
LinuxContainerUser = gid!:l supplementalGroups:l[] uid!:l
LoadBalancerIngress = hostname ip ipMode ports:PortStatus[]
LoadBalancerStatus = ingress:LoadBalancerIngress[]
LocalObjectReference = name
ModifyVolumeStatus = status! targetVolumeAttributesClassName
Namespace = spec:NamespaceSpec status:NamespaceStatus
NamespaceCondition = lastTransitionTime:t message reason status! type!
NamespaceSpec = finalizers:s[]
NamespaceStatus = conditions:NamespaceCondition[type] phase
NetworkPolicy = spec:NetworkPolicySpec
NetworkPolicyEgressRule = ports:NetworkPolicyPort[] to:NetworkPolicyPeer[]
NetworkPolicyIngressRule = from:NetworkPolicyPeer[] ports:NetworkPolicyPort[]
NetworkPolicyPeer = ipBlock:IPBlock namespaceSelector:LabelSelector podSelector:LabelSelector
NetworkPolicyPort = endPort:i port:q protocol
NetworkPolicySpec = egress:NetworkPolicyEgressRule[] ingress:NetworkPolicyIngressRule[] podSelector!:LabelSelector
  policyTypes:s[]
Node = spec:NodeSpec status:NodeStatus
NodeAddress = address! type!
NodeAffinity = preferredDuringSchedulingIgnoredDuringExecution:PreferredSchedulingTerm[]
  requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
NodeCondition = lastHeartbeatTime:t lastTransitionTime:t message reason status! type!
NodeConfigSource = configMap:ConfigMapNodeConfigSource
NodeConfigStatus = active:NodeConfigSource assigned:NodeConfigSource error lastKnownGood:NodeConfigSource
NodeDaemonEndpoints = kubeletEndpoint:DaemonEndpoint
NodeFeatures = supplementalGroupsPolicy:b
NodeRuntimeHandler = features:NodeRuntimeHandlerFeatures name
NodeRuntimeHandlerFeatures = recursiveReadOnlyMounts:b userNamespaces:b
NodeSelector = nodeSelectorTerms!:NodeSelectorTerm[]
NodeSelectorRequirement = key! operator! values:s[]
NodeSelectorTerm = matchExpressions:NodeSelectorRequirement[] matchFields:NodeSelectorRequirement[]
NodeSpec = configSource:NodeConfigSource externalID podCIDR podCIDRs:s[+] providerID taints:Taint[] unschedulable:b
NodeStatus = addresses:NodeAddress[type] allocatable:q{} capacity:q{} conditions:NodeCondition[type]
  config:NodeConfigStatus daemonEndpoints:NodeDaemonEndpoints features:NodeFeatures images:ContainerImage[]
  nodeInfo:NodeSystemInfo phase runtimeHandlers:NodeRuntimeHandler[] volumesAttached:AttachedVolume[]
  volumesInUse:s[]
NodeSwapStatus = capacity:l
NodeSystemInfo = architecture! bootID! containerRuntimeVersion! kernelVersion! kubeletVersion! kubeProxyVersion!
  machineID! operatingSystem! osImage! swap:NodeSwapStatus systemUUID!
ObjectFieldSelector = apiVersion fieldPath!
ObjectReference = apiVersion fieldPath kind name namespace resourceVersion uid
PersistentVolumeClaim = spec:PersistentVolumeClaimSpec status:PersistentVolumeClaimStatus
PersistentVolumeClaimCondition = lastProbeTime:t lastTransitionTime:t message reason status! type!
PersistentVolumeClaimSpec = accessModes:s[] dataSource:TypedLocalObjectReference dataSourceRef:TypedObjectReference
  resources:VolumeResourceRequirements selector:LabelSelector storageClassName volumeAttributesClassName volumeMode
  volumeName
PersistentVolumeClaimStatus = accessModes:s[] allocatedResources:q{} allocatedResourceStatuses:m capacity:q{}
  conditions:PersistentVolumeClaimCondition[type] currentVolumeAttributesClassName
  modifyVolumeStatus:ModifyVolumeStatus phase
Pod = spec:PodSpec status:PodStatus
PodAffinity = preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm[]
  requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm[]
PodAffinityTerm = labelSelector:LabelSelector matchLabelKeys:s[] mismatchLabelKeys:s[] namespaces:s[]
  namespaceSelector:LabelSelector topologyKey!
PodAntiAffinity = preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm[]
  requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm[]
PodCondition = lastProbeTime:t lastTransitionTime:t message observedGeneration:l reason status! type!
PodDNSConfig = nameservers:s[] options:PodDNSConfigOption[] searches:s[]
PodDNSConfigOption = name value
PodDisruptionBudget = spec:PodDisruptionBudgetSpec status:PodDisruptionBudgetStatus
PodDisruptionBudgetSpec = maxUnavailable:q minAvailable:q selector:LabelSelector unhealthyPodEvictionPolicy
PodDisruptionBudgetStatus = conditions:Condition[type] currentHealthy!:i desiredHealthy!:i disruptedPods:t{}
  disruptionsAllowed!:i expectedPods!:i observedGeneration:l
PodFailurePolicy = rules!:PodFailurePolicyRule[]
PodFailurePolicyOnExitCodesRequirement = containerName operator! values!:i[=]
PodFailurePolicyOnPodConditionsPattern = status type!
PodFailurePolicyRule = action! onExitCodes:PodFailurePolicyOnExitCodesRequirement
  onPodConditions:PodFailurePolicyOnPodConditionsPattern[]
PodIP = ip
PodOS = name!
PodReadinessGate = conditionType!
PodResourceClaim = name! resourceClaimName resourceClaimTemplateName
PodResourceClaimStatus = name! resourceClaimName
PodSchedulingGate = name!
PodSecurityContext = appArmorProfile:AppArmorProfile fsGroup:l fsGroupChangePolicy runAsGroup:l runAsNonRoot:b
  runAsUser:l seccompProfile:SeccompProfile seLinuxChangePolicy seLinuxOptions:SELinuxOptions supplementalGroups:l[]
  supplementalGroupsPolicy sysctls:Sysctl[] windowsOptions:WindowsSecurityContextOptions
PodSpec = activeDeadlineSeconds:l affinity:Affinity automountServiceAccountToken:b containers!:Container[name]
  dnsConfig:PodDNSConfig dnsPolicy enableServiceLinks:b ephemeralContainers:EphemeralContainer[name]
  hostAliases:HostAlias[ip] hostIPC:b hostname hostNetwork:b hostPID:b hostUsers:b
  imagePullSecrets:LocalObjectReference[name] initContainers:Container[name] nodeName nodeSelector:a os:PodOS
  overhead:q{} preemptionPolicy priority:i priorityClassName readinessGates:PodReadinessGate[]
  resourceClaims:PodResourceClaim[name]~ resources:ResourceRequirements restartPolicy runtimeClassName schedulerName
  schedulingGates:PodSchedulingGate[name] securityContext:PodSecurityContext serviceAccount serviceAccountName
  setHostnameAsFQDN:b shareProcessNamespace:b subdomain terminationGracePeriodSeconds:l tolerations:Toleration[]
  topologySpreadConstraints:TopologySpreadConstraint[topologyKey,whenUnsatisfiable] volumes:Volume[name]~
PodStatus = conditions:PodCondition[type] containerStatuses:ContainerStatus[]
  ephemeralContainerStatuses:ContainerStatus[] hostIP hostIPs:HostIP[] initContainerStatuses:ContainerStatus[]
  message nominatedNodeName observedGeneration:l phase podIP podIPs:PodIP[ip] qosClass reason resize
  resourceClaimStatuses:PodResourceClaimStatus[name]~ startTime:t
PodTemplateSpec = metadata:ObjectMeta spec:PodSpec
PolicyRule = apiGroups:s[] nonResourceURLs:s[] resourceNames:s[] resources:s[] verbs!:s[]
PortStatus = error port!:i protocol!
PreferredSchedulingTerm = preference!:NodeSelectorTerm weight!:i
PriorityClass = description globalDefault:b preemptionPolicy value!:i
Probe = exec:ExecAction failureThreshold:i grpc:GRPCAction httpGet:HTTPGetAction initialDelaySeconds:i
  periodSeconds:i successThreshold:i tcpSocket:TCPSocketAction terminationGracePeriodSeconds:l timeoutSeconds:i
ReplicaSet = spec:ReplicaSetSpec status:ReplicaSetStatus
ReplicaSetCondition = lastTransitionTime:t message reason status! type!
ReplicaSetSpec = minReadySeconds:i replicas:i selector!:LabelSelector template:PodTemplateSpec
ReplicaSetStatus = availableReplicas:i conditions:ReplicaSetCondition[type] fullyLabeledReplicas:i
  observedGeneration:l readyReplicas:i replicas!:i terminatingReplicas:i
ResourceClaim = name! request
ResourceFieldSelector = containerName divisor:q resource!
ResourceHealth = health resourceID!
ResourceQuota = spec:ResourceQuotaSpec status:ResourceQuotaStatus
ResourceQuotaSpec = hard:q{} scopes:s[] scopeSelector:ScopeSelector
ResourceQuotaStatus = hard:q{} used:q{}
ResourceRequirements = claims:ResourceClaim[name*] limits:q{} requests:q{}
ResourceStatus = name! resources:ResourceHealth[resourceID*]
Role = rules:PolicyRule[]
RoleBinding = roleRef!:RoleRef subjects:Subject[]
RoleRef = apiGroup! kind! name!
RollingUpdateDaemonSet = maxSurge:q maxUnavailable:q
RollingUpdateDeployment = maxSurge:q maxUnavailable:q
RollingUpdateStatefulSetStrategy = maxUnavailable:q partition:i
SELinuxOptions = level role type user
ScopeSelector = matchExpressions:ScopedResourceSelectorRequirement[]
ScopedResourceSelectorRequirement = operator! scopeName! values:s[]
SeccompProfile = localhostProfile type!
SecretEnvSource = name optional:b
SecretKeySelector = key! name optional:b
SecurityContext = allowPrivilegeEscalation:b appArmorProfile:AppArmorProfile capabilities:Capabilities privileged:b
  procMount readOnlyRootFilesystem:b runAsGroup:l runAsNonRoot:b runAsUser:l seccompProfile:SeccompProfile
  seLinuxOptions:SELinuxOptions windowsOptions:WindowsSecurityContextOptions
SelectableField = jsonPath!
Service = spec:ServiceSpec status:ServiceStatus
ServiceAccount = automountServiceAccountToken:b imagePullSecrets:LocalObjectReference[] secrets:ObjectReference[name]
ServiceBackendPort = name number:i
ServicePort = appProtocol name nodePort:i port!:i protocol=TCP targetPort:q
ServiceReference = name! namespace! path port:i
ServiceSpec = allocateLoadBalancerNodePorts:b clusterIP clusterIPs:s[] externalIPs:s[] externalName
  externalTrafficPolicy healthCheckNodePort:i internalTrafficPolicy ipFamilies:s[] ipFamilyPolicy loadBalancerClass
  loadBalancerIP loadBalancerSourceRanges:s[] ports:ServicePort[port,protocol] publishNotReadyAddresses:b selector:a
  sessionAffinity sessionAffinityConfig:SessionAffinityConfig trafficDistribution type
ServiceStatus = conditions:Condition[type] loadBalancer:LoadBalancerStatus
SessionAffinityConfig = clientIP:ClientIPConfig
SleepAction = seconds!:l
StatefulSet = spec:StatefulSetSpec status:StatefulSetStatus
StatefulSetCondition = lastTransitionTime:t message reason status! type!
StatefulSetOrdinals = start:i
StatefulSetPersistentVolumeClaimRetentionPolicy = whenDeleted whenScaled
StatefulSetSpec = minReadySeconds:i ordinals:StatefulSetOrdinals
  persistentVolumeClaimRetentionPolicy:StatefulSetPersistentVolumeClaimRetentionPolicy podManagementPolicy replicas:i
  revisionHistoryLimit:i selector!:LabelSelector serviceName! template!:PodTemplateSpec
  updateStrategy:StatefulSetUpdateStrategy volumeClaimTemplates:ClaimTemplate[]
StatefulSetStatus = availableReplicas:i collisionCount:i conditions:StatefulSetCondition[type] currentReplicas:i
  currentRevision observedGeneration:l readyReplicas:i replicas!:i updatedReplicas:i updateRevision
StatefulSetUpdateStrategy = rollingUpdate:RollingUpdateStatefulSetStrategy type
StorageClass = allowedTopologies:TopologySelectorTerm[] allowVolumeExpansion:b mountOptions:s[] parameters:m
  provisioner! reclaimPolicy volumeBindingMode
Subject = apiGroup kind! name! namespace
SuccessPolicy = rules!:SuccessPolicyRule[]
SuccessPolicyRule = succeededCount:i succeededIndexes
Sysctl = name! value!
TCPSocketAction = host port!:q
Taint = effect! key! timeAdded:t value
Toleration = effect key operator tolerationSeconds:l value
TopologySelectorLabelRequirement = key! values!:s[]
TopologySelectorTerm = matchLabelExpressions:TopologySelectorLabelRequirement[]
TopologySpreadConstraint = labelSelector:LabelSelector matchLabelKeys:s[] maxSkew!:i minDomains:i nodeAffinityPolicy
  nodeTaintsPolicy topologyKey! whenUnsatisfiable!
TypedLocalObjectReference = apiGroup kind! name!
TypedObjectReference = apiGroup kind! name! namespace
UncountedTerminatedPods = failed:s[=] succeeded:s[=]
VolumeDevice = devicePath! name!
VolumeMount = mountPath! mountPropagation name! readOnly:b recursiveReadOnly subPath subPathExpr
VolumeMountStatus = mountPath! name! readOnly:b recursiveReadOnly
VolumeResourceRequirements = limits:q{} requests:q{}
WebhookClientConfig = caBundle service:ServiceReference url
WebhookConversion = clientConfig:WebhookClientConfig conversionReviewVersions!:s[]
WeightedPodAffinityTerm = podAffinityTerm!:PodAffinityTerm weight!:i
WindowsSecurityContextOptions = gmsaCredentialSpec gmsaCredentialSpecName hostProcess:b runAsUserName
`;
