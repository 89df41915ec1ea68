import { testCloud } from './cloud';
import { openParameterStore } from './cloud-scene';

testCloud('AWS Parameter Store', 'parameterStore', openParameterStore);
