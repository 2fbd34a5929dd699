/** The same as kubernetes-shapes.ts for volumes: what Pods mount, and what storage is. */
export const VOLUME_TYPES = `
AWSElasticBlockStoreVolumeSource = fsType partition:i readOnly:b volumeID!
AzureDiskVolumeSource = cachingMode diskName! diskURI! fsType kind readOnly:b
AzureFilePersistentVolumeSource = readOnly:b secretName! secretNamespace shareName!
AzureFileVolumeSource = readOnly:b secretName! shareName!
CSIPersistentVolumeSource = controllerExpandSecretRef:SecretReference controllerPublishSecretRef:SecretReference
  driver! fsType nodeExpandSecretRef:SecretReference nodePublishSecretRef:SecretReference
  nodeStageSecretRef:SecretReference readOnly:b volumeAttributes:m volumeHandle!
CSIVolumeSource = driver! fsType nodePublishSecretRef:LocalObjectReference readOnly:b volumeAttributes:m
CephFSPersistentVolumeSource = monitors!:s[] path readOnly:b secretFile secretRef:SecretReference user
CephFSVolumeSource = monitors!:s[] path readOnly:b secretFile secretRef:LocalObjectReference user
CinderPersistentVolumeSource = fsType readOnly:b secretRef:SecretReference volumeID!
CinderVolumeSource = fsType readOnly:b secretRef:LocalObjectReference volumeID!
ClaimReference = apiVersion fieldPath kind name namespace resourceVersion uid
ClusterTrustBundleProjection = labelSelector:LabelSelector name optional:b path! signerName
ConfigMapProjection = items:KeyToPath[] name optional:b
ConfigMapVolumeSource = defaultMode:i items:KeyToPath[] name optional:b
DownwardAPIProjection = items:DownwardAPIVolumeFile[]
DownwardAPIVolumeFile = fieldRef:ObjectFieldSelector mode:i path! resourceFieldRef:ResourceFieldSelector
DownwardAPIVolumeSource = defaultMode:i items:DownwardAPIVolumeFile[]
EmptyDirVolumeSource = medium sizeLimit:q
EphemeralVolumeSource = volumeClaimTemplate:PersistentVolumeClaimTemplate
FCVolumeSource = fsType lun:i readOnly:b targetWWNs:s[] wwids:s[]
FlexPersistentVolumeSource = driver! fsType options:m readOnly:b secretRef:SecretReference
FlexVolumeSource = driver! fsType options:m readOnly:b secretRef:LocalObjectReference
FlockerVolumeSource = datasetName datasetUUID
GCEPersistentDiskVolumeSource = fsType partition:i pdName! readOnly:b
GitRepoVolumeSource = directory repository! revision
GlusterfsPersistentVolumeSource = endpoints! endpointsNamespace path! readOnly:b
GlusterfsVolumeSource = endpoints! path! readOnly:b
HostPathVolumeSource = path! type
ISCSIPersistentVolumeSource = chapAuthDiscovery:b chapAuthSession:b fsType initiatorName iqn! iscsiInterface lun!:i
  portals:s[] readOnly:b secretRef:SecretReference targetPortal!
ISCSIVolumeSource = chapAuthDiscovery:b chapAuthSession:b fsType initiatorName iqn! iscsiInterface lun!:i portals:s[]
  readOnly:b secretRef:LocalObjectReference targetPortal!
ImageVolumeSource = pullPolicy reference
KeyToPath = key! mode:i path!
LocalVolumeSource = fsType path!
NFSVolumeSource = path! readOnly:b server!
PersistentVolumeClaimTemplate = metadata:ObjectMeta spec!:PersistentVolumeClaimSpec
PersistentVolumeClaimVolumeSource = claimName! readOnly:b
PersistentVolumeSpec = accessModes:s[] awsElasticBlockStore:AWSElasticBlockStoreVolumeSource
  azureDisk:AzureDiskVolumeSource azureFile:AzureFilePersistentVolumeSource capacity:q{}
  cephfs:CephFSPersistentVolumeSource cinder:CinderPersistentVolumeSource claimRef:ClaimReference
  csi:CSIPersistentVolumeSource fc:FCVolumeSource flexVolume:FlexPersistentVolumeSource flocker:FlockerVolumeSource
  gcePersistentDisk:GCEPersistentDiskVolumeSource glusterfs:GlusterfsPersistentVolumeSource
  hostPath:HostPathVolumeSource iscsi:ISCSIPersistentVolumeSource local:LocalVolumeSource mountOptions:s[]
  nfs:NFSVolumeSource nodeAffinity:VolumeNodeAffinity persistentVolumeReclaimPolicy
  photonPersistentDisk:PhotonPersistentDiskVolumeSource portworxVolume:PortworxVolumeSource
  quobyte:QuobyteVolumeSource rbd:RBDPersistentVolumeSource scaleIO:ScaleIOPersistentVolumeSource storageClassName
  storageos:StorageOSPersistentVolumeSource volumeAttributesClassName volumeMode
  vsphereVolume:VsphereVirtualDiskVolumeSource
PhotonPersistentDiskVolumeSource = fsType pdID!
PortworxVolumeSource = fsType readOnly:b volumeID!
ProjectedVolumeSource = defaultMode:i sources:VolumeProjection[]
QuobyteVolumeSource = group readOnly:b registry! tenant user volume!
RBDPersistentVolumeSource = fsType image! keyring monitors!:s[] pool readOnly:b secretRef:SecretReference user
RBDVolumeSource = fsType image! keyring monitors!:s[] pool readOnly:b secretRef:LocalObjectReference user
ScaleIOPersistentVolumeSource = fsType gateway! protectionDomain readOnly:b secretRef!:SecretReference sslEnabled:b
  storageMode storagePool system! volumeName
ScaleIOVolumeSource = fsType gateway! protectionDomain readOnly:b secretRef!:LocalObjectReference sslEnabled:b
  storageMode storagePool system! volumeName
SecretProjection = items:KeyToPath[] name optional:b
SecretVolumeSource = defaultMode:i items:KeyToPath[] optional:b secretName
ServiceAccountTokenProjection = audience expirationSeconds:l path!
StorageOSPersistentVolumeSource = fsType readOnly:b secretRef:ObjectReference volumeName volumeNamespace
StorageOSVolumeSource = fsType readOnly:b secretRef:LocalObjectReference volumeName volumeNamespace
Volume = awsElasticBlockStore:AWSElasticBlockStoreVolumeSource azureDisk:AzureDiskVolumeSource
  azureFile:AzureFileVolumeSource cephfs:CephFSVolumeSource cinder:CinderVolumeSource configMap:ConfigMapVolumeSource
  csi:CSIVolumeSource downwardAPI:DownwardAPIVolumeSource emptyDir:EmptyDirVolumeSource
  ephemeral:EphemeralVolumeSource fc:FCVolumeSource flexVolume:FlexVolumeSource flocker:FlockerVolumeSource
  gcePersistentDisk:GCEPersistentDiskVolumeSource gitRepo:GitRepoVolumeSource glusterfs:GlusterfsVolumeSource
  hostPath:HostPathVolumeSource image:ImageVolumeSource iscsi:ISCSIVolumeSource name! nfs:NFSVolumeSource
  persistentVolumeClaim:PersistentVolumeClaimVolumeSource photonPersistentDisk:PhotonPersistentDiskVolumeSource
  portworxVolume:PortworxVolumeSource projected:ProjectedVolumeSource quobyte:QuobyteVolumeSource rbd:RBDVolumeSource
  scaleIO:ScaleIOVolumeSource secret:SecretVolumeSource storageos:StorageOSVolumeSource
  vsphereVolume:VsphereVirtualDiskVolumeSource
VolumeNodeAffinity = required:NodeSelector
VolumeProjection = clusterTrustBundle:ClusterTrustBundleProjection configMap:ConfigMapProjection
  downwardAPI:DownwardAPIProjection secret:SecretProjection serviceAccountToken:ServiceAccountTokenProjection
VsphereVirtualDiskVolumeSource = fsType storagePolicyID storagePolicyName volumePath!
`;
