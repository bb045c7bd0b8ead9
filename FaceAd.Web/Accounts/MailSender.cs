using System.Net;
using System.Net.Mail;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FaceAd.Web.Accounts;

/// <summary>
/// Hands waiting mails to the mail server, one after the other, and deletes them when it has taken them. A server that is away is asked
/// again, ever more seldom; after a day a mail is given up, because its link has expired.
/// </summary>
sealed class MailSender(
    Mailbox mailbox, IOptions<MailOptions> options, IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time, ILogger<MailSender> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GiveUp = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (mailbox.IsDevelopment) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await SendNextAsync(stoppingToken))
                {
                }
            }
            catch (Exception exception) when (exception is NpgsqlException or DbUpdateException)
            {
                log.LogWarning("Mails wait: the database does not answer ({Reason})", exception.Message);
            }
            await mailbox.WaitAsync(Period, stoppingToken);
        }
    }

    /// <summary>Sends one mail that is due. Its row is held meanwhile, so that several nodes send each mail once.</summary>
    private async Task<bool> SendNextAsync(CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var now = time.GetUtcNow();
        var mail = await db.Mails.FromSql($"SELECT * FROM mails WHERE due_at <= {now} ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED").SingleOrDefaultAsync(cancellation);
        if (mail is null) return false;
        try
        {
            await SendAsync(mail, cancellation);
            db.Mails.Remove(mail);
            log.LogInformation("Mail {Mail} was taken by the mail server", mail.Id);
        }
        catch (Exception exception) when (exception is SmtpException or InvalidOperationException or FormatException or IOException)
        {
            mail.Attempts++;
            mail.DueAt = now + TimeSpan.FromSeconds(Math.Min(3600, 15 * Math.Pow(2, mail.Attempts - 1)));
            var given = now - mail.CreatedAt > GiveUp || (exception as SmtpFailedRecipientException)?.StatusCode == SmtpStatusCode.MailboxUnavailable;
            if (given) db.Mails.Remove(mail);
            // Neither the address nor the text: both are private.
            log.LogWarning("Mail {Mail} was not taken by the mail server at attempt {Attempt} ({Reason}){End}", mail.Id, mail.Attempts, exception.Message, given ? "; given up" : "");
        }
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private async Task SendAsync(StoredMail mail, CancellationToken cancellation)
    {
        var smtp = options.Value.Smtp;
        using var client = new SmtpClient(smtp.Host, smtp.Port) { EnableSsl = smtp.Tls, Timeout = 20_000, DeliveryMethod = SmtpDeliveryMethod.Network };
        if (smtp.User is { Length: > 0 } user)
        {
            var password = smtp.PasswordFile is { Length: > 0 } file ? (await File.ReadAllLinesAsync(file, cancellation)).FirstOrDefault() : smtp.Password;
            client.Credentials = new NetworkCredential(user, password);
        }
        using var message = new MailMessage(new MailAddress(options.Value.From), new MailAddress(mail.To))
        {
            Subject = mail.Subject,
            Body = mail.Text,
            SubjectEncoding = System.Text.Encoding.UTF8,
            BodyEncoding = System.Text.Encoding.UTF8,
        };
        message.Headers.Add("Auto-Submitted", "auto-generated");
        // The same at each try: should we die between the server's yes and our own note of it, the receiver can tell the second one.
        message.Headers.Add("Message-ID", $"<{mail.Id:N}@{new MailAddress(options.Value.From).Host}>");
        if (mail.Unsubscribe is { } address)
        {
            message.Headers.Add("List-Unsubscribe", $"<{address}>");
            message.Headers.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30)); // the client's own limit is for blocking calls only
        try
        {
            await client.SendMailAsync(message, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new SmtpException("The mail server took longer than 30 s.");
        }
    }
}
