/* The module that Trunk builds. */

export default function init(): Promise<unknown>;
