// The package's own types name no default export, but as CommonJS under Node it has nothing else.
declare module 'dicom-parser' {
  const dicomParser: {
    parseDicom: typeof parseDicom;
    readPart10Header: typeof readPart10Header;
  };
  export default dicomParser;
}
