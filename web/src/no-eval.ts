/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for eval and Function in the bundle: the page's policy forbids them, so no byte of them is served. */
export function noEval(): never {
  throw new Error("no code from text");
}
