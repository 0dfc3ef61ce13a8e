/**
 * Takes the place of `@daily-co/daily-js`, which loads script from another origin.
 * The transport imports it for its stock media manager only, which the console never makes.
 */
export default {}
