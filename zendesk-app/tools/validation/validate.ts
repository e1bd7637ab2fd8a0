import { type AppFiles, zipApp } from '../build.js';
import { AppPackage } from './app-package.js';
import { assetFaults, PACKAGE_MAX_BYTES } from './asset-rules.js';
import { manifestFaults } from './manifest-rules.js';
import { requirementFaults } from './requirement-rules.js';
import { sourceFaults } from './source-rules.js';
import { translationFaults } from './translation-rules.js';

/**
 * What Zendesk's public validator (`zcli apps:validate`) would say of a package, as far as that can be told without Zendesk, in
 * sentences; empty where it would take it. Its warnings count as faults here.
 */
export function faultsOfApp(files: AppFiles): string[] {
  const app = new AppPackage(files);
  const size = zipApp(files).length;
  return [
    ...manifestFaults(app),
    ...translationFaults(app),
    ...requirementFaults(app),
    ...assetFaults(app),
    ...sourceFaults(app),
    ...(size > PACKAGE_MAX_BYTES
      ? [`the package has ${String(size)} bytes, more than ${String(PACKAGE_MAX_BYTES)}`]
      : []),
  ];
}
