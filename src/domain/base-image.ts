/** Images of the catalog, and the ISOs that belong to them. */

/** The image of the ISO that belongs to a catalog's image: `-iso` after the repository, the same tag or digest. */
export function isoImageOf(image: string): string {
  const at = image.search(/(@|:(?=[^/]*$))/);
  return at < 0 ? `${image}-iso` : `${image.slice(0, at)}-iso${image.slice(at)}`;
}
