import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.LocalizedMessage;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import internal.agreements.v1.Agreement;
import internal.agreements.v1.AgreementServiceGrpc;
import internal.agreements.v1.AgreementServiceGrpc.AgreementServiceBlockingStub;
import internal.agreements.v1.CreateAgreementRequest;
import internal.agreements.v1.GetAgreementRequest;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.StatusProto;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Calls the service with stubs made of its protos, and prints what it reads of errors: Client ADDRESS STRAY FILES
 *
 * <p>FILES has ca.pem, certificate.pem and key.pem. The server at STRAY has no use for its clock.
 */
public final class Client {
  private static final String ACCOUNT = "acct-4711";
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private static AgreementServiceBlockingStub connect(String address, String files) throws IOException {
    ChannelCredentials credentials =
        TlsChannelCredentials.newBuilder()
            .trustManager(new File(files, "ca.pem"))
            .keyManager(new File(files, "certificate.pem"), new File(files, "key.pem"))
            .build();
    return AgreementServiceGrpc.newBlockingStub(Grpc.newChannelBuilder(address, credentials).build())
        .withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  private static <T extends Message> Optional<T> detail(Status status, Class<T> type)
      throws InvalidProtocolBufferException {
    for (Any packed : status.getDetailsList()) {
      if (packed.is(type)) return Optional.of(packed.unpack(type));
    }
    return Optional.empty();
  }

  private static <T> void printError(Function<T, ?> method, T request) throws InvalidProtocolBufferException {
    try {
      method.apply(request);
      OUT.println("no error");
    } catch (StatusRuntimeException error) {
      Status status = StatusProto.fromThrowable(error);
      ErrorInfo info = detail(status, ErrorInfo.class).orElseThrow();
      OUT.println(Code.forNumber(status.getCode()) + " " + info.getReason() + " of " + info.getDomain());
      for (BadRequest.FieldViolation violation :
          detail(status, BadRequest.class).orElse(BadRequest.getDefaultInstance()).getFieldViolationsList()) {
        OUT.println("  " + violation.getField() + " " + violation.getDescription());
      }
      LocalizedMessage localized = detail(status, LocalizedMessage.class).orElseThrow();
      OUT.println("  " + localized.getLocale() + ": " + localized.getMessage());
      Optional<RetryInfo> retry = detail(status, RetryInfo.class);
      if (retry.isPresent()) {
        double seconds = retry.get().getRetryDelay().getSeconds() + retry.get().getRetryDelay().getNanos() / 1e9;
        OUT.println(String.format(Locale.ROOT, "  again in %.3f s", seconds));
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    String address = arguments[0];
    String stray = arguments[1];
    String files = arguments[2];
    AgreementServiceBlockingStub agreements = connect(address, files);

    CreateAgreementRequest request =
        CreateAgreementRequest.newBuilder()
            .setAccountId(ACCOUNT)
            .setRequestId(UUID.randomUUID().toString())
            .setDisplayName("Blåbær & Sønn")
            .setCustomerNumber("00417")
            .build();
    Agreement created = agreements.createAgreement(request).getAgreement();
    OUT.println("created " + created.getDisplayName() + ", customer " + created.getCustomerNumber());
    Agreement again = agreements.createAgreement(request).getAgreement();
    boolean same = again.getAgreementId().equals(created.getAgreementId());
    OUT.println(same ? "again: the same one" : "again: another one");

    printError(
        agreements::createAgreement,
        CreateAgreementRequest.newBuilder().setAccountId(ACCOUNT).setCustomerNumber("4 17").build());
    printError(
        agreements::getAgreement,
        GetAgreementRequest.newBuilder().setAccountId(ACCOUNT).setAgreementId("agr-1m843ggskvp0t1tr").build());
    printError(
        connect(stray, files)::createAgreement,
        CreateAgreementRequest.newBuilder().setAccountId(ACCOUNT).setDisplayName("Blåbær & Sønn").build());
    System.exit(0);
  }
}
