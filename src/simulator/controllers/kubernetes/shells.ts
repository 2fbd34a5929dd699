/** Shells: what they are called, and which images hold no more. */

/** Images whose program is a shell: without a terminal and without a command it ends at once. */
export const SHELLS = /^(?:.*\/)?(?:busybox|alpine|ubuntu|debian|centos|bash)(?::|@|$)/;
/** What a shell is called. */
export const SHELL = /(^|\/)(ba|da|a)?sh$/;
